"""Modules of libraries that are loaded when something of them is used, and not because another module names them."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec


def postpone(name: str) -> None:
    """Put off the loading of a module until one of its attributes is read, unless it is loaded already.

    Only `import module` and `from package import module` leave it unread; `from module import something` reads at once.
    """
    package, _, module_name = name.rpartition(".")
    spec = None if name in sys.modules else find_spec(name)
    if spec and spec.loader:
        spec.loader = LazyLoader(spec.loader)
        sys.modules[name] = module = module_from_spec(spec)
        spec.loader.exec_module(module)
        if package:
            setattr(import_module(package), module_name, module)  # else importing it from the package reads it
