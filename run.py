"""The command line of the heat-pump monitor; `python run.py --help` shows what it can do."""

from app.commands import main

if __name__ == "__main__":
    main()
