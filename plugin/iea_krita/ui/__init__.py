"""The docker's widgets: they show what the controller knows and pass on what people do."""
