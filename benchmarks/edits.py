"""What editing a face by each attribute and recipe does, as the README's table: read from a checkpoint's audit.

python -m benchmarks.edits [faces-vae]
"""

import sys

from latentdemo.codes.recipes import TITLES
from latentdemo.store.resources import Resources
from latentdemo.tabs.attributes.audit import row_of


def table(name: str, resources: Resources) -> list[str]:
    """Lines of Markdown: a row for each attribute, a column for each recipe."""
    gallery = resources.gallery(name)
    recipes = gallery.recipes.names
    lines = [f"| attribute | {' | '.join(TITLES[recipe] for recipe in recipes)} |", "|---" * (1 + len(recipes)) + "|"]
    for attribute in gallery.centroids.names:
        cells = []
        for recipe in recipes:
            told = row_of(gallery, recipe, attribute)
            cells.append(f"{told['reached']:.0%}, {told['largest']:.2f}, {told['cosine']:.3f}")
        lines.append(f"| {attribute} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Print the table."""
    print("\n".join(table(sys.argv[1] if len(sys.argv) > 1 else "faces-vae", Resources())))


if __name__ == "__main__":
    main()
