import asyncio

async def main():
    p = await asyncio.create_subprocess_exec("sleep", "0.8", stdout=asyncio.subprocess.PIPE)
    await p.communicate()

asyncio.run(main())
