import multiprocessing as mp

ctx = mp.get_context("spawn")


class Renderer(ctx.Process):
    def __init__(self, scene):  # MP205
        self.scene = scene

    def run(self):
        print("rendering", self.scene, flush=True)


if __name__ == "__main__":
    renderer = Renderer("forest")
    renderer.start()
    renderer.join(timeout=10)
