"""What the engine reads and requires in a flow: every class behind one, as Jackson reads and a validator checks it.

Jackson itself is asked, through the mapper that Kestra reads flows with: which properties a class takes, and which
reader takes each value. Hibernate Validator itself is asked which constraints it checks. So nothing is taken from
Kestra's documentation, and a plugin's jar is described as exactly as the core. What a reader or a constraint means is
in `deployer/language`.

The description is JSON:

- `plugins`: name in a flow's `type` → class, including aliases
- `types`: class → `props` (name → reading), `must` (property → constraints; `Valid` means that the object there is
  checked too), `must_self` (constraints of the class), `each` (property → index of the type parameter → constraints of
  the items), `is` (its superclasses and interfaces), `ignored` (names that are read and dropped), `open` (takes any
  name), `from` (scalar values that it can be made from), `made_of` (the reading of the value that it is made from), for
  tasks and outputs `own` (properties of the class itself, not of a superclass), for plugins `gets` (lowercase names of
  getters without a property) and `hidden` (properties without a getter), `fills` (property → constrained properties
  that get a value with it) and `replaces` (those of them that replace a value written before them)
- `given`: the constrained properties that have a value when a flow gives none
- `deprecated`: see `deprecations`; `words`: the words of expressions, see `words`
- `zones`: the names of time zones
- a reading is `bean:CLASS`, `plugin:CLASS` (an object whose `type` is a plugin), `poly:CLASS` (see `polys`),
  `enum:CLASS` (see `enums`), `list<…>`, `map<…,…>`, `Property<…>` (anything; when the flow runs, it is
  rendered, and read as what is in `<…>`), one of Kestra's own readers with its content in `<…>`, or the name of a leaf
  such as `String`
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jpype

from deployer.engine.describe.constraints import describe_constraints
from deployer.engine.describe.deprecations import describe_deprecations
from deployer.engine.describe.words import describe_words
from deployer.engine.jvm.context import Kestra

_PLUGINS = "io.kestra.core.plugins."
_DATABIND = "com.fasterxml.jackson.databind."
_PLUGIN = "io.kestra.core.models.Plugin"
_TASK = "io.kestra.core.models.tasks.Task"
_DATA = "io.kestra.core.models.flows.Data"
_RUNNER = "io.kestra.core.models.tasks.runners.TaskRunner"
FLOW = "io.kestra.core.models.flows.FlowWithSource"
STORED_FLOW = "io.kestra.core.models.flows.GenericFlow"
_SAMPLES: dict[str, Any] = {"String": "x", "Integer": 1}
_OTHERS: dict[str, Any] = {"String": "y", "Integer": 2}
"""A sample value, and another, for each reading of the old names seen so far."""
_RENDERED_TO = ("DurationDeserializer", "enum:", "Boolean", "Integer", "Long", "Double", "Float")
"""Readings of properties whose constants may not be readable; of any other single value, every constant is."""
_SET_LATER = ("tenantId",)  # by Kestra itself, after reading a flow


def describe(kestra: Kestra) -> dict[str, Any]:
    """Return the description of all registered plugins and of everything that a flow consists of."""
    return _Description(kestra).whole()


class _Description:
    """Walks from class to class; each is described once."""

    def __init__(self, kestra: Kestra) -> None:
        self._kestra = kestra
        mapper = self._mapper = self._private("io.kestra.core.serializers.YamlParser", "STRICT_MAPPER", None)
        self._config = mapper.getDeserializationConfig()
        self._context = mapper.getDeserializationContext().createDummyInstance(self._config)
        self._make = mapper.getTypeFactory()
        checks = kestra.bean("io.kestra.core.models.validations.ModelValidator")
        micronaut = self._private("io.kestra.core.models.validations.ModelValidator", "validator", checks)
        self._validator = self._private(str(micronaut.getClass().getName()), "validator", micronaut)
        self._bases: dict[str, Any] = {}
        self._classes: dict[str, Any] = {}
        self.types: dict[str, Any] = {}
        self.enums: dict[str, list[str]] = {}
        self.polys: dict[str, Any] = {}

    def whole(self) -> dict[str, Any]:
        """Describe the flow and every plugin."""
        for name in (FLOW, STORED_FLOW):
            self._reading(self._make.constructType(self._kestra.java(name).class_))
        self._bases[_RUNNER] = self._kestra.java(_RUNNER).class_  # no core task has one, but defaults may name it
        registry = self._kestra.bean(_PLUGINS + "PluginRegistry")
        known = self._private("io.kestra.core.plugins.DefaultPluginRegistry", "pluginClassByIdentifier", registry)
        plugins = {str(entry.getKey().type()): entry.getValue().type() for entry in known.entrySet()}
        todo = list(plugins.values())
        while ready := [found for found in todo if self._part_of_flows(found)]:
            todo = [found for found in todo if found not in ready]
            for found in ready:
                self._reading(self._make.constructType(found))
        return {
            "kestra": self._kestra.version.engine,
            "plugins": {name: str(found.getName()) for name, found in sorted(plugins.items())},
            "types": dict(sorted(self.types.items())),
            "enums": dict(sorted(self.enums.items())),
            "polys": dict(sorted(self.polys.items())),
            "deprecated": describe_deprecations(self._kestra, self.types, self._classes),
            "words": describe_words(self._kestra),
            "zones": sorted(map(str, self._kestra.java("java.time.ZoneId").getAvailableZoneIds())),
        }

    def _part_of_flows(self, found: Any) -> bool:
        """Whether a plugin can be part of a flow; dashboards and apps cannot."""
        return any(base.isAssignableFrom(found) for base in self._bases.values())

    def _reading(self, kind: Any, reader: Any = None) -> str:  # noqa: PLR0911  (one return per kind of reader)
        """Return how a value of this type is read, and describe every class on the way."""
        try:
            reader = reader if reader is not None else self._context.findRootValueDeserializer(kind)
        except jpype.JException as error:
            return f"unreadable:{str(error).splitlines()[0][:200]}"
        name = str(reader.getClass().getName())
        if name == _DATABIND + "deser.impl.TypeWrappedDeserializer":
            return self._poly(kind, self._private(name, "_typeDeserializer", reader))
        if self._is(reader, _DATABIND + "deser.BeanDeserializerBase"):
            return self._bean(kind, reader)
        if self._is(reader, _PLUGINS + "serdes.PluginDeserializer"):
            self._bases[str(kind.getRawClass().getName())] = kind.getRawClass()
            return f"plugin:{kind.getRawClass().getName()}"
        if self._is(reader, _DATABIND + "deser.std.EnumDeserializer"):
            return self._enum(kind)
        if name.startswith("com.fasterxml."):
            return self._standard_reading(kind, reader)
        if name.endswith("$PropertyDeserializer"):
            return self._property_of(kind)
        held = f"<{self._reading(kind.getContentType())}>" if kind.isCollectionLikeType() else ""
        return f"{reader.getClass().getSimpleName()}{held}"  # one of Kestra's own readers

    def _property_of(self, kind: Any) -> str:
        """Return how a property is read: as anything, and as what is inside once it has been rendered."""
        inner = kind.containedType(0) if kind.containedTypeCount() else None
        if inner is None:
            return "Property"
        if inner.isMapLikeType():
            return f"Property<map<{self._key(inner)},{self._single(inner.getContentType())}>>"
        if inner.isCollectionLikeType():
            return f"Property<list<{self._single(inner.getContentType())}>>"
        reading = self._single(inner)
        return f"Property<{reading}>" if reading.startswith(_RENDERED_TO) else "Property"

    def _single(self, kind: Any) -> str:
        """Return how a single value in a property is read; objects are not described."""
        plain = kind.isEnumType() or str(kind.getRawClass().getName()).startswith("java.")
        return self._reading(kind) if plain else "Object"

    def _standard_reading(self, kind: Any, reader: Any) -> str:
        """Return how one of Jackson's own readers reads a value that is not a bean."""
        if self._is(reader, _DATABIND + "deser.std.MapDeserializer"):
            return f"map<{self._key(kind)},{self._reading(kind.getContentType())}>"
        if kind.isCollectionLikeType() or kind.isArrayType():
            return f"list<{self._reading(kind.getContentType())}>"
        if kind.isReferenceType():
            return f"optional<{self._reading(kind.getReferencedType())}>"
        if self._is(reader, _DATABIND + "deser.AbstractDeserializer"):
            return f"abstract:{kind.getRawClass().getName()}"
        return str(kind.getRawClass().getSimpleName())

    def _bean(self, kind: Any, reader: Any) -> str:
        raw = kind.getRawClass()
        name = str(kind.toCanonical()) if kind.containedTypeCount() else str(raw.getName())
        if name in self.types:
            return f"bean:{name}"
        described: dict[str, Any] = {}
        self.types[name] = described
        self._classes[name] = raw
        described["props"] = {}
        for prop in reader.properties():
            described["props"][str(prop.getName())] = self._property(prop)
        described["props"] = dict(sorted(described["props"].items()))
        described |= self._allowances(reader)
        above = self._supertypes(raw)
        if above:
            described["is"] = above
        later = _SET_LATER if name == FLOW else ()
        described |= describe_constraints(self._validator.getConstraintsForClass(raw), described["props"], later)
        self._fields(raw, described)
        given = self._find_defaults(kind, reader, [*described.get("must", {}), *described.get("each", {})])
        if given:
            described["given"] = given
        if fills := self._find_fills(kind, reader, described):
            described["fills"] = fills
            if replacing := self._find_replacing(kind, reader, described["props"], fills):
                described["replaces"] = replacing
        return f"bean:{name}"

    def _allowances(self, reader: Any) -> dict[str, Any]:
        """Return what a bean's reader accepts besides its properties."""
        allowed: dict[str, Any] = {}
        base = _DATABIND + "deser.BeanDeserializerBase"
        ignored = self._private(base, "_ignorableProps", reader)
        if ignored:
            allowed["ignored"] = sorted(map(str, ignored))
        if self._private(base, "_ignoreAllUnknown", reader):
            allowed["open"] = "ignores"
        if self._private(base, "_anySetter", reader) is not None:
            allowed["open"] = "keeps"
        makes = self._scalars(reader.getValueInstantiator())
        if makes:
            allowed["from"] = makes
        if "delegate" in makes:
            allowed["made_of"] = self._reading(reader.getValueInstantiator().getDelegateType(self._config))
        return allowed

    def _property(self, prop: Any) -> str:
        kind, own = prop.getType(), prop.getValueDeserializer()
        if prop.getValueTypeDeserializer() is not None:
            return self._poly(kind, prop.getValueTypeDeserializer())
        if own is None:
            return self._reading(kind)
        try:
            usual = self._context.findRootValueDeserializer(kind).getClass().getName()
        except jpype.JException:
            usual = ""
        return self._reading(kind, None if own.getClass().getName() == usual else own)

    def _poly(self, kind: Any, typed: Any) -> str:
        name = str(kind.getRawClass().getName())
        if name not in self.polys:
            self.polys[name] = {"by": str(typed.getPropertyName()), "of": {}}
            resolver = typed.getTypeIdResolver()
            names = self._private(_DATABIND + "jsontype.impl.TypeNameIdResolver", "_idToType", resolver)
            for entry in names.entrySet():
                made = self._context.findNonContextualValueDeserializer(entry.getValue())
                self.polys[name]["of"][str(entry.getKey())] = self._bean_of(entry.getValue(), made)
            self.polys[name]["of"] = dict(sorted(self.polys[name]["of"].items()))
        return f"poly:{name}"

    def _bean_of(self, kind: Any, reader: Any) -> str:
        contextual = self._context.handlePrimaryContextualization(reader, None, kind)
        return self._reading(kind, contextual)

    def _enum(self, kind: Any) -> str:
        raw = kind.getRawClass()
        self.enums[str(raw.getName())] = [str(one.name()) for one in raw.getEnumConstants()]
        return f"enum:{raw.getName()}"

    def _key(self, kind: Any) -> str:
        raw = kind.getKeyType().getRawClass()
        return self._enum(kind.getKeyType()) if raw.isEnum() else str(raw.getSimpleName())

    def _scalars(self, maker: Any) -> list[str]:
        ways = {
            "String": maker.canCreateFromString(), "int": maker.canCreateFromInt(), "long": maker.canCreateFromLong(),
            "double": maker.canCreateFromDouble(), "boolean": maker.canCreateFromBoolean(),
            "delegate": maker.canCreateUsingDelegate(), "array": maker.canCreateUsingArrayDelegate(),
        }  # fmt: skip
        return [name for name, can in ways.items() if can]

    def _supertypes(self, raw: Any) -> list[str]:
        names: list[str] = []
        todo = [raw]
        while todo:
            here = todo.pop()
            above = [*here.getInterfaces(), here.getSuperclass()]
            for one in above:
                if one is not None and str(one.getName()).startswith("io.kestra."):
                    names.append(str(one.getName()))
                    todo.append(one)
        return sorted(set(names))

    def _fields(self, raw: Any, described: dict[str, Any]) -> None:
        """Describe what Kestra finds by reflection: fields of tasks, getters of plugins."""
        props, above = described["props"], described.get("is", ())
        if _TASK in above or _DATA in above:
            names = (str(field.getName()).removeprefix("_") for field in raw.getDeclaredFields())
            described["own"] = sorted(name for name in names if name in props)
        if _PLUGIN in above:
            methods = [str(method.getName()) for method in raw.getMethods()]
            gets = {name[3 if name[0] == "g" else 2 :].lower() for name in methods if name.startswith(("get", "is"))}
            described["gets"] = sorted(gets - {name.lower() for name in props})
            described["hidden"] = sorted(name for name in props if name.lower() not in gets)

    def _find_defaults(self, kind: Any, reader: Any, names: list[str]) -> list[str]:
        """Return which of the properties have a value when a flow gives none."""
        maker = reader.getValueInstantiator()
        try:
            made = maker.createUsingDefault(self._context) if maker.canCreateUsingDefault() else None
            if not kind.getRawClass().isInstance(made):  # a builder, or a class without a default constructor
                made = self._mapper.convertValue(self._kestra.from_json({}), kind)
        except jpype.JException:
            return []
        return [name for name in sorted(set(names)) if self._holds(made, kind, name)]

    def _find_fills(self, kind: Any, reader: Any, described: dict[str, Any]) -> dict[str, list[str]]:
        """Return which constrained properties get their value from another property, such as one with an old name."""
        wanted = [name for name in described.get("must", {}) if name not in described.get("given", ())]
        filled: dict[str, list[str]] = {}
        if not wanted or not reader.getValueInstantiator().canCreateUsingDefault():
            return filled
        for prop in reader.properties():
            name = str(prop.getName())
            value = _SAMPLES.get(described["props"][name])
            if value is None or name in wanted:
                continue
            made = self._build(kind, reader, {name: value})
            found = [other for other in wanted if self._holds(made, kind, other)]
            if found:
                filled[name] = found
        return filled

    def _find_replacing(self, kind: Any, reader: Any, props: Mapping[str, str], fills: Mapping[str, Any]) -> list[str]:
        """Return which of these properties replace the value of the one that they fill, if that is written first."""
        found = []
        for name, (filled, *_) in fills.items():
            made = self._build(kind, reader, {filled: _OTHERS[props[filled]], name: _SAMPLES[props[name]]})
            if str(self._held(made, kind, filled)) == str(_SAMPLES[props[name]]):
                found.append(name)
        return found

    def _build(self, kind: Any, reader: Any, values: Mapping[str, Any]) -> Any:
        """Return an object with these values, set in their order."""
        made = reader.getValueInstantiator().createUsingDefault(self._context)
        if not kind.getRawClass().isInstance(made):
            return self._mapper.convertValue(self._kestra.from_json(values), kind)
        by_name = {str(prop.getName()): prop for prop in reader.properties()}
        for name, value in values.items():
            by_name[name].set(made, self._kestra.from_json(value))
        return made

    def _holds(self, made: Any, kind: Any, name: str) -> bool:
        return self._held(made, kind, name) is not None

    def _held(self, made: Any, kind: Any, name: str) -> Any:
        holder = kind.getRawClass()
        while holder is not None:
            fields = {str(field.getName()): field for field in holder.getDeclaredFields()}
            found = fields.get(name) or fields.get(f"_{name}")
            if found is not None:
                found.setAccessible(True)
                return found.get(made)
            holder = holder.getSuperclass()
        return None

    def _private(self, owner: str, name: str, of: Any) -> Any:
        return self._kestra.field(owner, name).get(of)

    def _is(self, value: Any, name: str) -> bool:
        return bool(self._kestra.java(name).class_.isInstance(value))
