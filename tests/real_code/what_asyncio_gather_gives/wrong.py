import asyncio
from concurrent.futures import ProcessPoolExecutor


async def ping(host):
    await asyncio.sleep(0)
    return host.upper()


async def names(hosts):
    await asyncio.sleep(0)
    return (host for host in hosts)


def run_names(hosts):
    return asyncio.run(names(hosts))  # MP112


def main():
    with ProcessPoolExecutor(1) as executor:
        print(executor.submit(run_names, ["x"]).result())


if __name__ == "__main__":
    main()
