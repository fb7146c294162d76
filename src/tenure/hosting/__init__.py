"""What integrations of frameworks stand on: the life of a container with its application, and scopes in it."""
