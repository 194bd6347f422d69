"""Solids in space: clouds of points on a surface, to be looked at from one side or another."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from engines.core.arrays import Floats
from engines.core.params import Param, Params
from engines.data.sampling import sample
from engines.data.table import Column, Table

PARTS = ("body", "lid", "spout", "handle")
SHARES = (0.55, 0.13, 0.16, 0.16)  # of the points
FLAT = 0.6  # how deep the pot is against its width: it would fit on a narrow shelf


@dataclass(frozen=True)
class TeapotSettings(Params):
    """How many points, whether it stands upright, and how rough its surface is."""

    n: Annotated[int, Param("Points n", low=50, high=100_000, log=True)] = 1500
    tilted: Annotated[bool, Param("Tilted")] = True
    noise: Annotated[float, Param("Roughness", low=0, high=0.3)] = 0.01


@sample("Teapot", about="made by Sandtable from surfaces of revolution and two bent tubes", order=20)
def teapot(settings: TeapotSettings, rng: np.random.Generator) -> Table:
    """Body and lid are turned about the upright axis, spout and handle are tubes to its right and left.

    Upright, x points to the spout, y to the one who looks, z up; the pot is flatter than wide. ``tilted`` turns the
    whole by a rotation that the seed decides.
    """
    counts = np.floor(np.array(SHARES) * settings.n).astype(int)
    counts[0] += settings.n - counts.sum()
    makers = (_body, _lid, _spout, _handle)
    x = np.vstack([make(rng.random((count, 2))) for make, count in zip(makers, counts, strict=True)])
    x = x * (1.0, FLAT, 1.0) + rng.normal(0, settings.noise, x.shape)
    if settings.tilted:
        x = x @ rotation(rng).T
    x = np.round(x, 4)  # as one would measure: more digits only fill the table
    codes = np.repeat(np.arange(len(PARTS)), counts)
    columns = [Column(name, "number", np.ascontiguousarray(x[:, place])) for place, name in enumerate("xyz")]
    return Table((*columns, Column("part", "category", codes=codes, labels=PARTS)), "part")


def rotation(rng: np.random.Generator) -> Floats:
    """Return a rotation of space (3, 3), any as likely as any other."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else q[:, [1, 0, 2]]


def _revolved(radius: Floats, height: Floats, turn: Floats) -> Floats:
    """Return places (n, 3) on a surface of revolution about the upright axis; turn: from 0 to 1 is once around."""
    angle = 2 * np.pi * turn
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), height])


def _body(u: Floats) -> Floats:
    """Wide below the middle, narrower towards foot and rim: from z = −0.8 to 0.6. u: (n, 2) from 0 to 1."""
    along = u[:, 0]
    return _revolved(0.6 + 0.5 * np.sin(np.pi * along**0.8), -0.8 + 1.4 * along, u[:, 1])


def _lid(u: Floats) -> Floats:
    """Return a flat dome on the rim, and the knob on top: a fifth of the points."""
    knob = u[:, 0] < 0.2
    dome = (u[:, 0] - 0.2) / 0.8
    ball = np.pi * u[:, 0] / 0.2
    radius = np.where(knob, 0.13 * np.sin(ball), 0.6 * np.sqrt(np.abs(dome)))
    height = np.where(knob, 0.95 - 0.13 * np.cos(ball), 0.82 - 0.22 * np.abs(dome))
    return _revolved(radius, height, u[:, 1])


def _tube(path: Floats, along: Floats, thick: Floats, turn: Floats) -> Floats:
    """Return places (n, 3) around a path in the plane of x and z. path, along: (n, 2), along of length 1."""
    across = np.column_stack([-along[:, 1], along[:, 0]])
    angle = 2 * np.pi * turn
    x, z = (path + (thick * np.cos(angle))[:, None] * across).T
    return np.column_stack([x, thick * np.sin(angle) / FLAT, z])


def _spout(u: Floats) -> Floats:
    """Return an S from the body up to the right, thinner towards its mouth."""
    t = u[:, 0]
    path = np.column_stack([1.0 + 1.1 * t, -0.25 + 0.85 * (3 * t**2 - 2 * t**3)])
    slope = np.column_stack([np.full(len(t), 1.1), 0.85 * 6 * t * (1 - t)])
    return _tube(path, slope / np.linalg.norm(slope, axis=1, keepdims=True), 0.24 - 0.13 * t, u[:, 1])


def _handle(u: Floats) -> Floats:
    """Return an ear at the left."""
    angle = np.pi * (0.5 + u[:, 0])
    path = np.column_stack([-0.95 + 0.8 * np.cos(angle), 0.48 * np.sin(angle)])
    slope = np.column_stack([-0.8 * np.sin(angle), 0.48 * np.cos(angle)])
    thick = np.full(len(u), 0.09)
    return _tube(path, slope / np.linalg.norm(slope, axis=1, keepdims=True), thick, u[:, 1])
