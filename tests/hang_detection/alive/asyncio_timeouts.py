import asyncio

async def main():
    for _ in range(3):
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.3)
        except asyncio.TimeoutError:
            pass

asyncio.run(main())
