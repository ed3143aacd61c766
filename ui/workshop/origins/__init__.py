"""What was made of what people brought, so that it can be deleted with it."""
