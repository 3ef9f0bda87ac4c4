"""`python -m crosspost` is `crosspost`."""

from crosspost.cli.main import run

if __name__ == "__main__":
    run()
