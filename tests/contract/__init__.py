"""Golden examples of the wire, read by the plugin's side and by the backend's."""
