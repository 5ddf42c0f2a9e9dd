import asyncio
from concurrent.futures import ProcessPoolExecutor


async def ping(host):
    await asyncio.sleep(0)
    return host.upper()


async def ping_each(hosts):
    return await asyncio.gather(*(ping(host) for host in hosts))


def ping_all(hosts):
    return asyncio.run(ping_each(hosts))


def main():
    with ProcessPoolExecutor(1) as executor:
        print(executor.submit(ping_all, ["x", "y"]).result())


if __name__ == "__main__":
    main()
