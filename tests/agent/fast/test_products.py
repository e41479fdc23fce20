"""Products by either library are the same but for rounding."""

import pytest
import torch

from robo_ddpg.agent.fast import products

SMALL, LARGE = (1, 8, 5, 3), (2, 64, 256, 256)
"""Stack, batch, inputs, outputs."""


@pytest.fixture(params=[SMALL, LARGE], ids=["blas", "onednn"])
def sizes(request: pytest.FixtureRequest) -> tuple[int, int, int, int]:
    s, b, i, o = request.param
    if b * i * o >= products.ONEDNN_GRADIENT_FROM and not products.HAS_ONEDNN:
        pytest.skip("oneDNN is not used here")
    return s, b, i, o


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("relu", [False, True])
def test_linear(
    sizes: tuple[int, int, int, int], generator: torch.Generator, *, relu: bool
) -> None:
    s, b, i, o = sizes
    x, weight, bias = (
        torch.randn(shape, generator=generator) for shape in ((b, i), (s, o, i), (s, 1, o))
    )
    wanted = (x.double() @ weight.double().mT + bias).float()
    wanted = wanted.relu() if relu else wanted
    found = products.linear(x.expand(s, -1, -1), weight, bias, relu=relu)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_gradients(sizes: tuple[int, int, int, int], generator: torch.Generator) -> None:
    s, b, i, o = sizes
    upstream, x, weight = (
        torch.randn(shape, generator=generator) for shape in ((s, b, o), (s, b, i), (s, o, i))
    )
    torch.testing.assert_close(
        products.through(upstream, weight), upstream @ weight, rtol=1e-4, atol=1e-4
    )
    into = torch.empty(s, o, i)
    products.weight_gradient(upstream, x, into)
    torch.testing.assert_close(into, upstream.mT @ x, rtol=1e-4, atol=1e-4)


def test_without_onednn_the_blas_makes_large_ones(
    generator: torch.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "HAS_ONEDNN", False)
    monkeypatch.setattr(products, "_linear_pointwise", None)
    s, b, i, o = LARGE
    upstream, weight = (torch.randn(shape, generator=generator) for shape in ((s, b, o), (s, o, i)))
    assert torch.equal(products.through(upstream, weight), torch.bmm(upstream, weight))
