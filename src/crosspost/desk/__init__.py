"""What a person does: queue, override, hold, decide. Every act is recorded with who did it and in which role."""
