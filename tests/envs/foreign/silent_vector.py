from toys import Counters


class Silent(Counters):
    """Does not say when it resets."""

    def __init__(self, num_envs: int) -> None:
        super().__init__(num_envs)
        self.metadata = {}
