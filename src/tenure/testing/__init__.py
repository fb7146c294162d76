"""What tests of programs and of other containers use; nothing here is imported by the library itself."""
