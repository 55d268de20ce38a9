"""The entry point: answers ``--version`` before anything heavy is imported."""

import sys


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        from socialcare import __version__

        print(f"socialcare {__version__}")
        return
    from socialcare.cli import main as cli_main

    sys.exit(cli_main(sys.argv[1:]))


if __name__ == "__main__":
    main()
