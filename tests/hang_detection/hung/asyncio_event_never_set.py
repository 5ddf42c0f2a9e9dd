import asyncio, say

async def main():
    say.mark()
    await asyncio.Event().wait()

asyncio.run(main())
