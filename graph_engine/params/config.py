"""Configurable classes and the catalogues that find them."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import pkgutil
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from graph_engine.params.kinds import (
    JSON,
    Boolean,
    Choice,
    Dims,
    Integer,
    IntTuple,
    Number,
    Numbers,
    Param,
    ParamError,
    Sides,
    Text,
)
from graph_engine.params.literals import Constant, Index, OneOrMore

_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Configured(Param):
    """Another configurable thing by value, such as an initializer: its name, or its name and parameters."""

    kind: Catalogue[Any] | None = None

    def convert(self, value: Any) -> Any:
        assert self.kind is not None
        return self.kind.decode(value)

    def encode(self, value: Any) -> JSON:
        return None if value is None else value.encode()

    def describe(self) -> str:
        assert self.kind is not None
        return "one of " + ", ".join(self.kind)


@dataclass(frozen=True, slots=True)
class ConfiguredList(Param):
    """Several configurable things by value, in their order; in text as JSON, or as names set apart by commas."""

    each: Configured = field(default_factory=lambda: Configured("one of them"))

    def convert(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, str):
            value = _listed(value)
        if isinstance(value, Mapping) or not isinstance(value, Sequence):
            raise ParamError(f"expected a list, got {value!r}")
        return tuple(self.each.convert(item) for item in value)

    def encode(self, value: Any) -> JSON:
        return [self.each.encode(item) for item in value]

    def describe(self) -> str:
        return f"a list, each {self.each.describe()}"


def _field(param: Param, default: Any) -> Any:
    return dataclasses.field(default=default, metadata={"param": param})


def boolean(default: bool, *, help: str) -> Any:
    return _field(Boolean(help), default)


def integer(
    default: int | None,
    *,
    help: str,
    minimum: int | None = None,
    maximum: int | None = None,
    optional: bool = False,
) -> Any:
    return _field(Integer(help, optional, minimum, maximum), default)


def number(
    default: float | None,
    *,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    optional: bool = False,
) -> Any:
    return _field(Number(help, optional, minimum, maximum), default)


def text(default: str | None, *, help: str, optional: bool = False) -> Any:
    return _field(Text(help, optional), default)


def choice(default: str | None, options: Sequence[str], *, help: str, optional: bool = False) -> Any:
    return _field(Choice(help, optional, tuple(options)), default)


def int_tuple(
    default: tuple[int, ...] | None,
    *,
    help: str,
    size: int,
    minimum: int | None = None,
    optional: bool = False,
) -> Any:
    return _field(IntTuple(help, optional, size, minimum), default)


def sides(default: tuple[int, ...], *, help: str, axes: int) -> Any:
    return _field(Sides(help, False, 2 * axes, 0), default)


def numbers(
    default: tuple[float, ...] | None,
    *,
    help: str,
    minimum: float | None = None,
    maximum: float | None = None,
    optional: bool = False,
) -> Any:
    each = Number("one of the numbers", minimum=minimum, maximum=maximum)
    return _field(Numbers(help, optional, each), default)


def integers(default: tuple[int, ...] | None, *, help: str, optional: bool = False) -> Any:
    return _field(Numbers(help, optional, Integer("one of the numbers")), default)


def shared(field: Any) -> Any:
    """The field of a base class, given by keyword alone: subclasses then begin with parameters of their own."""
    return dataclasses.field(default=field.default, metadata=field.metadata, kw_only=True)


def dims(
    default: tuple[int | None, ...] | None,
    *,
    help: str,
    open_sizes: bool = True,
    inferred: bool = False,
    optional: bool = False,
) -> Any:
    return _field(Dims(help, optional, open_sizes, inferred), default)


def one_or_more(default: int | tuple[int, ...] | None, *, help: str, optional: bool = False) -> Any:
    return _field(OneOrMore(help, optional), default)


def constant(default: Any, *, help: str, optional: bool = False, words: Sequence[str] = ()) -> Any:
    return _field(Constant(help, optional, tuple(words)), default)


def index(default: str, *, help: str) -> Any:
    return _field(Index(help), default)


def configured(default: Any, kind: Catalogue[Any], *, help: str, optional: bool = False) -> Any:
    return _field(Configured(help, optional, kind), default)


def configured_list(default: tuple[Any, ...], kind: Catalogue[Any], *, help: str) -> Any:
    return _field(ConfiguredList(help, each=Configured("one of them", kind=kind)), default)


class Config:
    """Base of every configurable class. Subclasses become dataclasses whose values are checked and never change."""

    title: ClassVar[str] = ""

    if TYPE_CHECKING:  # made by `dataclass`, in a way type checkers cannot follow

        def __init__(self, *values: Any, **named: Any) -> None: ...

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Methods that are the same for all are here once: `dataclass` compiles them for each of hundreds of classes,
        at every start."""
        super().__init_subclass__(**kwargs)
        has_other_fields = "__annotations__" in vars(cls) or len(cls.__bases__) > 1
        dataclass(init=has_other_fields, eq=False, repr=False)(cls)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ or name not in type(self).__dataclass_fields__:  # type: ignore[attr-defined]  # made by dataclass
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __repr__(self) -> str:
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # made by dataclass
        values = (f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr)
        return f"{type(self).__qualname__}({', '.join(values)})"

    def __post_init__(self) -> None:
        for name, param in self.params().items():
            object.__setattr__(self, name, _checked(type(self).__name__, name, param, getattr(self, name)))

    @classmethod
    def params(cls) -> Mapping[str, Param]:
        """The class's parameters by name, in order of declaration."""
        return _params(cls)  # type: ignore[arg-type]  # classes are hashable

    @classmethod
    def summary(cls) -> str:
        """The first line of the class's docstring: what it does in one sentence."""
        return (cls.__doc__ or "").strip().split("\n")[0]

    def config(self) -> dict[str, JSON]:
        """The parameters as JSON values, every one of them, in order of declaration."""
        return {name: param.encode(getattr(self, name)) for name, param in self.params().items()}

    def encode(self) -> dict[str, JSON]:
        return {"type": type(self).__name__, **self.config()}

    @classmethod
    def from_config(cls, config: Mapping[str, JSON]) -> Any:
        unknown = [name for name in config if name not in cls.params()]
        if unknown:
            raise ParamError(
                f"{cls.__name__} has no parameter {unknown[0]!r}; it has {', '.join(cls.params())}"
            )
        return cls(**config)


@functools.cache
def _params(cls: Any) -> Mapping[str, Param]:
    """Keyword-only parameters, which a base class gives to all its subclasses, come after a class's own."""
    fields = sorted(dataclasses.fields(cls), key=lambda field: bool(field.kw_only))
    return {field.name: field.metadata["param"] for field in fields if "param" in field.metadata}


def _checked(owner: str, name: str, param: Param, value: Any) -> Any:
    try:
        return param.check(value)
    except ParamError as error:
        raise ParamError(f"{owner}.{name}: {error}") from None


C = TypeVar("C", bound=Config)


class Catalogue(Mapping[str, type[C]], Generic[C]):
    """Every concrete subclass of ``base`` found in a package, by class name: adding one is adding a class.

    ``plugins``: the group of entry points under which other installed packages give classes of their own.
    """

    def __init__(self, base: type[C], package: str, kind: str, plugins: str = "") -> None:
        self.base, self.package, self.kind, self.plugins = base, package, kind, plugins

    @functools.cached_property
    def classes(self) -> dict[str, type[C]]:
        package = importlib.import_module(self.package)
        modules = [package, *_submodules(package)]
        found = [item for module in modules for item in vars(module).values() if self._belongs(item, module)]
        return {cls.__name__: cls for cls in (*self._plugged(), *found)}

    def _plugged(self) -> Iterator[type[C]]:
        """From other packages; one that cannot be used is told, and never in anybody's way."""
        for point in entry_points(group=self.plugins) if self.plugins else ():
            try:
                found = point.load()
            except Exception as error:  # whatever a stranger's module does when it is imported
                warnings.warn(f"the {self.kind} {point.name} of {point.value} fails: {error!r}", stacklevel=2)
                continue
            if isinstance(found, type) and issubclass(found, self.base) and found.title:
                yield found
            else:
                expected = f"a {self.base.__name__} with a title"
                warnings.warn(f"the {self.kind} {point.name} is not {expected}", stacklevel=2)

    def _belongs(self, item: object, module: ModuleType) -> bool:
        """Where it is written, not where it is imported: so the order is that of the files."""
        return (
            isinstance(item, type)
            and issubclass(item, self.base)
            and bool(item.title)
            and item.__module__ == module.__name__
        )

    def __getitem__(self, name: str) -> type[C]:
        return self.classes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.classes)

    def __len__(self) -> int:
        return len(self.classes)

    @functools.cached_property
    def aliases(self) -> dict[str, str]:
        """``glorot_uniform`` and ``GlorotUniform`` both name the class, as they do in Keras."""
        return {alias: name for name in self for alias in (name.lower(), snake_case(name))}

    def decode(self, value: Any) -> C:
        """An instance from an instance, a class name, or ``{"type": name, **parameters}``."""
        if isinstance(value, self.base):
            return value
        name, config = (value, {}) if isinstance(value, str) else _named(value, self.kind)
        known = name if name in self else self.aliases.get(name.lower())
        if known is None:
            raise ParamError(f"there is no {self.kind} {name!r}; there are {', '.join(sorted(self))}")
        return cast("C", self[known].from_config(config))


def snake_case(name: str) -> str:
    """``BatchNormalization`` -> ``batch_normalization``, ``Conv2D`` -> ``conv2d``, as Keras names layers."""
    return _WORD_BREAK.sub("_", name).lower()


def _listed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return [name.strip() for name in text.split(",") if name.strip()]


def _submodules(package: ModuleType) -> list[ModuleType]:
    """Every module below the package, those of packages inside it included."""
    paths = getattr(package, "__path__", [])
    below = pkgutil.walk_packages(paths, f"{package.__name__}.")
    return [importlib.import_module(info.name) for info in below]


def _named(value: Any, kind: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(value, Mapping) or not isinstance(value.get("type"), str):
        raise ParamError(f"expected {kind} by name, or as type and parameters, got {value!r}")
    return value["type"], {key: item for key, item in value.items() if key != "type"}
