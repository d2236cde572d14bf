"""Run Everyframe as ``python -m everyframe``."""

from everyframe.cli import main

if __name__ == "__main__":
    main()
