"""What makes the model: data, teachers, renderer, training stages, export. Not needed to use it."""
