from pathlib import Path
def include_directory() -> Path:
    return Path(__file__).parent / "include"
