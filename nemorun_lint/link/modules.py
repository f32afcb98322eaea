"""The modules of the checked project and its environment, by name and by path, lowered at most once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

from nemorun_lint.ir.record import ModuleRecord, SyntaxProblem
from nemorun_lint.link.finder import Finder, StandardLibrary
from nemorun_lint.link.known import API_PACKAGES
from nemorun_lint.store import Store
from nemorun_lint.syntax.prefilter import may_use_api
from nemorun_lint.text import DecodeError, SourceText, declared_encoding

_DEFAULT_ROOTS = ("nemo_run", "fiddle")
NOT_FOUND = "not found"
BY_TABLE = "known by table"


class Module:
    """One module. `path` is absolute and does not change; `source.path` is the path as it was asked for.

    `is_checked` and `record` change once, when a module that was loaded as a dependency is checked as well.
    """

    def __init__(self, name: str, path: str, is_package: bool, record: ModuleRecord, contents: Contents) -> None:
        self.name = name
        self.path = path
        self.is_package = is_package
        self.record = record
        self.is_checked = False
        self._contents = contents

    @property
    def source(self) -> SourceText:
        """The text; decoded at the first use. Undecodable bytes read as U+FFFD."""
        return self._contents.source

    def check(self, contents: Contents) -> None:
        """Count as checked from now on, under the path that was asked for."""
        self.is_checked = True
        self._contents = contents

    def __repr__(self) -> str:
        return f"Module({self.name!r}, {self.path!r})"


class Contents:
    """The bytes or the overlaid text of a file, decoded when needed."""

    def __init__(self, path: str, data: bytes, source: SourceText | None = None, *, can_store: bool = True) -> None:
        self.path = path
        self.data = data
        self.can_store = can_store
        self._source = source

    @classmethod
    def of_text(cls, path: str, text: str) -> Contents:
        """Contents of an overlay: found in the store only if its bytes on the disk would be read as this text."""
        has_bom = text.startswith("\ufeff")
        text = text[1:] if has_bom else text
        encoding = declared_encoding(text[:400].encode("utf-8", "replace")) or "utf-8"
        source = SourceText(path, text, encoding, has_bom=has_bom)
        try:
            return cls(path, source.encode(text), source)
        except (LookupError, UnicodeError):
            return cls(path, text.encode("utf-8", "replace"), source, can_store=False)

    @property
    def source(self) -> SourceText:
        """The text; undecodable bytes read as U+FFFD."""
        try:
            return self.decode()
        except DecodeError:
            self._source = SourceText(self.path, self.data.decode("utf-8", "replace"))
            return self._source

    def decode(self) -> SourceText:
        """Return the text.

        Raises:
            DecodeError: the bytes are not text in the encoding of the file.
        """
        if self._source is None:
            self._source = SourceText.decode(self.path, self.data)
        return self._source


class Modules:
    """Finds and lowers modules; nothing is imported. `search_paths` are the project's, `site_paths` its environment's.

    `overlays` (path -> text) win over the disk. `parsed_full`, `parsed_interface` (files that were not in the
    store) and `loaded` (modules) count the work done.
    """

    def __init__(
        self,
        search_paths: Iterable[str | Path],
        site_paths: Iterable[str | Path] = (),
        *,
        overlays: Mapping[str, str] | None = None,
        store: Store | None = None,
        roots: Sequence[str] = _DEFAULT_ROOTS,
        stdlib: bool = True,
        python_version: tuple[int, int] | None = None,
    ) -> None:
        self._overlays = {os.path.abspath(path): text for path, text in (overlays or {}).items()}
        library = StandardLibrary(python_version) if stdlib else None
        first, site = [os.fspath(path) for path in search_paths], [os.fspath(path) for path in site_paths]
        self._finder = Finder(first, site, library, self._overlays)
        self.store = store or Store(None)
        self._roots = tuple(root.encode() for root in roots)
        self._by_name: dict[str, Module | None] = {}
        self._by_file: dict[str, Module] = {}
        self._directories: dict[str, str] = {}
        self._problems: dict[str, str] = {}
        self._stamps: dict[str, str] = {}
        self.made_of = repr((first, site, self._roots, python_version))
        self.parsed_full = 0
        self.parsed_interface = 0
        self.loaded = 0
        # The names asked for since somebody emptied it: what a result depends on.
        self.asked: dict[str, None] = {}

    def load(self, name: str) -> Module | None:
        """Return the module with the absolute `name`, or None: see `problem`."""
        self.asked[name] = None
        if name not in self._by_name:
            self._by_name[name] = self._load(name)
        return self._by_name[name]

    def checked(self, path: str) -> Module:
        """Return the module of a file that is checked, with bodies; where it cannot be read, with a syntax error."""
        file = os.path.abspath(path)
        module = self._by_file.get(self._identity(file))
        if module is not None and module.is_checked:
            return module
        try:
            contents = self._read(file, path)
        except OSError as error:
            contents = Contents(path, b"", can_store=False)
            record = ModuleRecord(syntax_error=SyntaxProblem(f"the file cannot be read: {error.strerror}", 0))
        else:
            record = self._lowered(contents, "full")
        if module is None:
            module = self._add(self._finder.name_of(file), file, _is_package(file), record, contents)
        elif module.record.is_interface:
            module.record = record
        module.check(contents)
        return module

    def contents(self, path: str) -> Contents:
        """Return the contents of a file that is checked.

        Raises:
            OSError: it cannot be read.
        """
        return self._read(os.path.abspath(path), path)

    def exists(self, name: str) -> bool:
        """Return whether there is a module or namespace package `name`, without reading it."""
        self.asked[name] = None
        return self.stamp(name) != NOT_FOUND

    def is_package(self, name: str) -> bool:
        """Return whether `name` is a package with an `__init__`, without reading it."""
        self.asked[name] = None
        found = self._finder.find(name)
        return found is not None and found.file is not None and found.is_package

    def stamp(self, name: str) -> str:
        """Return what tells whether the module `name` is still what it was, without reading it."""
        if name not in self._stamps:
            self._stamps[name] = self._stamp(name)
        return self._stamps[name]

    def _stamp(self, name: str) -> str:
        found = None if name.partition(".")[0] in API_PACKAGES else self._finder.find(name)
        if found is None or found.file is None:
            return NOT_FOUND if found is None else found.reason or "namespace"
        text = self._overlays.get(found.file)
        if text is not None:
            return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        try:
            status = os.stat(found.file)
        except OSError:
            return "unreadable"
        return f"{found.file}:{status.st_size}:{status.st_mtime_ns}"

    def name_of(self, path: str) -> str | None:
        """Return the dotted name of the module in the file `path`; None where the name would be empty."""
        return self._finder.name_of(path) or None

    def problem(self, name: str) -> str | None:
        """Return why `load(name)` is None; None for a namespace package, which has no code."""
        self.load(name)
        return self._problems.get(name)

    def _load(self, name: str) -> Module | None:
        if name.partition(".")[0] in API_PACKAGES:
            self._problems[name] = BY_TABLE
            return None
        found = self._finder.find(name)
        if found is None or found.file is None:
            if found is None or found.reason:
                self._problems[name] = found.reason if found else NOT_FOUND
            return None
        try:
            module = self._load_file(name, found.file, found.is_package)
        except OSError as error:
            self._problems[name] = f"unreadable: {error.strerror or error}"
            return None
        if module.record.syntax_error is not None:
            self._problems[name] = f"unreadable: {module.record.syntax_error.message}"
            return None
        return module

    def _load_file(self, name: str, file: str, is_package: bool) -> Module:
        module = self._by_file.get(self._identity(file))
        if module is not None:
            return module
        contents = self._read(file, file)
        kind = "full" if may_use_api(contents.data, self._roots) else "interface"
        return self._add(name, file, is_package, self._lowered(contents, kind), contents)

    def _add(self, name: str, file: str, is_package: bool, record: ModuleRecord, contents: Contents) -> Module:
        module = self._by_file[self._identity(file)] = Module(name, file, is_package, record, contents)
        self.loaded += 1
        return module

    def _read(self, file: str, shown_path: str) -> Contents:
        text = self._overlays.get(file)
        if text is not None:
            return Contents.of_text(shown_path, text)
        with open(file, "rb", buffering=0) as stream:
            return Contents(shown_path, stream.readall())

    def _lowered(self, contents: Contents, kind: str) -> ModuleRecord:
        record = self.store.get(contents.data, kind) if contents.can_store else None
        if record is None:
            record = self._lower(contents, kind)
            if contents.can_store:
                self.store.put(contents.data, kind, record)
        return record

    def _lower(self, contents: Contents, kind: str) -> ModuleRecord:
        try:
            source = contents.decode()
        except DecodeError as error:
            return ModuleRecord(syntax_error=SyntaxProblem(str(error), 0), is_interface=kind == "interface")
        # Imported here: a warm run needs neither of the two parsers.
        if kind == "full":
            from nemorun_lint.ir.lower import lower

            self.parsed_full += 1
            return lower(source)
        from nemorun_lint.ir.lower_dependency import lower_dependency

        self.parsed_interface += 1
        return lower_dependency(source)

    def _identity(self, file: str) -> str:
        """The same for all paths that lead to one file; the links of each directory are followed only once."""
        directory, base = os.path.split(file)
        real = self._directories.get(directory)
        if real is None:
            real = self._directories[directory] = os.path.realpath(directory)
        file = os.path.join(real, base)
        return os.path.realpath(file) if os.path.islink(file) else file


def _is_package(path: str) -> bool:
    return os.path.basename(path) in ("__init__.py", "__init__.pyi")
