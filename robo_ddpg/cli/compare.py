"""`robo-ddpg compare`."""

import itertools
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import Positional, arg

from robo_ddpg.cli.many.engines import RayPlayers, players
from robo_ddpg.cli.output import note, say, say_json
from robo_ddpg.cli.parsing.fields import Episodes, File, FirstSeed, Json, OwnTask, Python, Switch
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.controller import FILE_NAME, Controller
from robo_ddpg.errors import SettingsError
from robo_ddpg.evaluation.comparison import compare
from robo_ddpg.evaluation.same_episodes import World, shared_world, world_in_words
from robo_ddpg.evaluation.spread import Spread
from robo_ddpg.files import check_place as check_file

MOST_FILMED = 6
"""Disagreements shown in a comparison's video."""


@dataclass(frozen=True)
class CompareOptions:
    """Compare two controllers on the same seeds."""

    a: Annotated[str, Positional, arg(metavar="A")]
    """The first: a file, a run directory, or a task whose controller ships."""
    b: Annotated[str, Positional, arg(metavar="B")]
    """The second, likewise."""
    more: Annotated[tuple[str, ...], Positional, arg(metavar="[C ...]")] = ()
    """Further ones that are compared with A; p-values are then corrected for being several."""
    episodes: Episodes = 200
    seed: FirstSeed = 20_000
    out: File = None
    """Film the seeds on which they disagree, side by side, in this .mp4 or .gif."""
    sequential: Switch = False
    """Stop as soon as it is certain which is better, at the latest after --episodes; wrong with
    probability 5 % at most. Where success is not known, the larger return counts."""
    require_better: Switch = False
    """Exit with 1 unless B is better: significantly more success or, where success does not
    differ significantly, significantly more return (p at most 0.05)."""
    robustness: Switch = False
    """Also try all of them with other masses, friction, actuator strength, noise, latency and
    pushes, with the same for each; writes robustness.json and .png here, or beside the file of
    --out."""
    ray: RayPlayers = None
    task: OwnTask = None
    python: Python = None
    json: Json = False


def run(words: Words) -> bool:
    """Compare two controllers on the same seeds."""
    options = parse(CompareOptions, words, "compare")
    if options.out is not None:
        from robo_ddpg.recording.film.video_file import check_place

        check_place(options.out)
    if options.robustness:
        check_file(_robustness_file(options))
    controllers = [
        Controller.find(name).vouched(options.task, options.python)
        for name in (options.a, options.b, *options.more)
    ]
    world = shared_world(controllers)
    if world:
        note(world_in_words(world))
    with players(options.ray) as spread:
        several = options.sequential or len(controllers) > 2
        good = (_of_many if several else _of_two)(controllers, options, world, spread)
        if options.robustness:
            _try_robustness(controllers, options, spread)
    return good or not options.require_better


def _of_two(
    controllers: list[Controller], options: CompareOptions, world: World, spread: Spread | None
) -> bool:
    """Returns whether B is better."""
    first, second = controllers
    plan: dict[str, Any] = {"episodes": options.episodes, "seed": options.seed, "spread": spread}
    comparison = compare(first, second, **plan)
    summary = comparison.summary()
    if options.json:
        say_json(summary)
    else:
        say("\n".join(_lines(summary)))
    if options.out is not None:
        seeds = comparison.disagreements.tolist()
        said = _film_side_by_side(first, second, seeds, options.out, world)
        (note if options.json else say)(said)
    return bool(summary["b_is_better"])


def _of_many(
    controllers: list[Controller], options: CompareOptions, world: World, spread: Spread | None
) -> bool:
    """Returns whether all of the others are better than the first."""
    from robo_ddpg.cli.many.comparisons import compare_with_first

    if options.ray is not None and options.sequential:
        raise SettingsError("compare: --sequential looks after every few episodes; leave out --ray")
    if options.out is not None:
        raise SettingsError("compare: --out films two controllers and a fixed number of episodes")
    first, *others = controllers
    how: dict[str, Any] = {"sequential": options.sequential, "json": options.json}
    plan: dict[str, Any] = {"episodes": options.episodes, "seed": options.seed, "spread": spread}
    return compare_with_first(first, others, **how, **plan, world=world)


def _try_robustness(
    controllers: list[Controller], options: CompareOptions, spread: Spread | None
) -> None:
    from robo_ddpg.cli.many.robustness import write_compared_robustness

    letters = itertools.chain(string.ascii_uppercase, itertools.repeat("and"))
    names = [f"{letter}: {_short_name(c)}" for letter, c in zip(letters, controllers, strict=False)]
    write_compared_robustness(
        controllers,
        names,
        _robustness_file(options),
        episodes=options.episodes,
        seed=options.seed,
        table=not options.json,
        spread=spread,
    )


def _robustness_file(options: CompareOptions) -> Path:
    if options.out is None:
        return Path("robustness.json")
    return options.out.with_name(f"{options.out.stem}-robustness.json")


def _lines(summary: dict[str, Any]) -> list[str]:
    """A comparison in words."""
    lines = [
        f"{summary['task']}: {summary['episodes']} episodes from seed {summary['seed']}",
        f"  A  {summary['a']}",
        f"  B  {summary['b']}",
    ]
    lines += [
        f"  {letter} was trained with another model (or version of MuJoCo) than is simulated now"
        for letter in "AB"
        if summary[f"model_matches_{letter.lower()}"] is False
    ]
    if summary["success_difference"] is not None:
        a, b, low, high = (100 * summary[f"success_{key}"] for key in ("a", "b", "low", "high"))
        lines += [
            f"  success  A {a:.1f} %, B {b:.1f} %, difference {b - a:+.1f} "
            f"(95 % interval {low:+.1f} to {high:+.1f}, McNemar p = {summary['success_p']:.2g})",
            f"  only A solved  {_listed(summary['only_a_solved'])}",
            f"  only B solved  {_listed(summary['only_b_solved'])}",
        ]
    a, b, low, high = (summary[f"return_{key}"] for key in ("a", "b", "low", "high"))
    lines += [
        f"  return   A {a:.2f}, B {b:.2f}, difference {b - a:+.3f} "
        f"(95 % interval {low:+.3f} to {high:+.3f}, sign-flip p = {summary['return_p']:.2g})",
        "  B is better" if summary["b_is_better"] else "  B is not shown to be better",
    ]
    return lines


def _listed(seeds: list[int], most: int = 12) -> str:
    shown = ", ".join(map(str, seeds[:most])) or "none"
    return f"{shown} and {len(seeds) - most} more" if len(seeds) > most else shown


def _film_side_by_side(
    a: Controller, b: Controller, seeds: list[int], out: Path, world: World
) -> str:
    """Film both controllers on some seeds; returns what to say about it."""
    from robo_ddpg.recording.film.writing import Look
    from robo_ddpg.recording.filming import Role, film

    if not seeds:
        return f"they agree on every seed: nothing to film, {out} not written"
    total, seeds = len(seeds), seeds[:MOST_FILMED]
    names = {a: f"A: {_short_name(a)}", b: f"B: {_short_name(b)}"}
    roles = [Role(c, seed, f"{name}, seed {seed}") for seed in seeds for c, name in names.items()]
    video = film(roles, out, Look(grid=(1, 2)), **world).video
    return f"{len(seeds)} of {total} disagreements, {video.seconds:.1f} s: {video.path}"


def _short_name(controller: Controller, most: int = 14) -> str:
    """What tells a controller from others: the name of its run, or of its file."""
    path = Path(controller.path)
    name = path.parent.name if path.name == FILE_NAME else path.stem
    return name if len(name) <= most else f"…{name[1 - most :]}"
