"""The only module that imports `krita`: everything else of the plugin takes Krita's classes from here."""

from krita import (
    DockWidget,
    DockWidgetFactory,
    DockWidgetFactoryBase,
    Document,
    Extension,
    Filter,
    Krita,
    Node,
)

__all__ = ["DockWidget", "DockWidgetFactory", "DockWidgetFactoryBase", "Document", "Extension", "Filter", "Krita", "Node"]
