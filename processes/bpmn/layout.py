"""A drawing for a graph that has none: from left to right in columns, lines at right angles, nothing on top of another.

Columns are longest ways from the start (Sugiyama, Tagawa and Toda 1981, without crossing minimization beyond
one pass of averages); a line over several columns is given room in each, so that it runs between the shapes.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from processes.bpmn.diagram import Box, Diagram, Line, Shape
from processes.bpmn.vocabulary import BODIES
from processes.graph.model import Flow, Graph, Kind, Node

EVENT, GATEWAY, TASK = (36.0, 36.0), (50.0, 50.0), (120.0, 80.0)
GAP_X, GAP_Y, PADDING, HEADING = 70.0, 40.0, 40.0, 30.0
PASSING = 24.0  # the height given to a line that passes a column
WATCHER_STEP = 56.0
MOST_NODES, MOST_PASSING = 2_000, 20_000
SIZES = {
    **dict.fromkeys((Kind.START, Kind.END), EVENT),
    **dict.fromkeys((Kind.CHOICE, Kind.SPLIT, Kind.JOIN, Kind.RACE), GATEWAY),
}


@dataclass
class Cell:
    """What stands in a column: a node with its watchers and what is inside it, or a line that passes."""

    key: str
    column: int
    width: float = 0.0
    height: float = PASSING
    x: float = 0.0
    y: float = 0.0
    below: float = 0.0  # room for watchers and their lines
    inner: "Page | None" = None


@dataclass
class Page:
    """A drawn scope, from its own left upper corner."""

    width: float = 0.0
    height: float = 0.0
    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[tuple[float, float]]] = field(default_factory=dict)


def layout(graph: Graph) -> Diagram:
    """Empty for more nodes than anybody could look at."""
    if len(graph.nodes) > MOST_NODES:
        return Diagram()
    page = _Scope(graph, None).page()
    left, top = 160.0, 80.0
    return Diagram(
        {key: Shape(_moved(box, left, top)) for key, box in page.boxes.items()},
        {key: Line(tuple((x + left, y + top) for x, y in line)) for key, line in page.lines.items()},
    )


class _Scope:
    """The drawing of one scope."""

    def __init__(self, graph: Graph, scope: str | None) -> None:
        self.graph = graph
        self.nodes = graph.inside(scope)
        self.hosts = {node.key: node.attached_to or node.key for node in self.nodes}
        self.flows = [flow for node in self.nodes for flow in graph.out_of(node.key)]
        self.cells: dict[str, Cell] = {}
        self.chains: dict[str, list[Cell]] = {}
        self.back: set[str] = set()
        self.watchers: dict[str, list[str]] = {}
        for node in self.nodes:
            if (host := self._host(node.key)) != node.key:
                self.watchers.setdefault(host, []).append(node.key)

    def page(self) -> Page:
        self._find_columns()
        columns = self._columns()
        self._order(columns)
        self._place(columns)
        return self._drawn(columns)

    def _host(self, key: str) -> str:
        """What stands in a column for this node: itself, or what it watches."""
        seen = set()
        while self.hosts[key] != key and key not in seen:
            seen.add(key)
            key = self.hosts[key]
        return key

    def _find_columns(self) -> None:
        """Longest way from the start, once flows that lead back are set aside."""
        out: dict[str, list[Flow]] = {}
        for flow in self.flows:
            out.setdefault(self._host(flow.source), []).append(flow)
        order = self._order_of_visits(out)
        depth = dict.fromkeys(order, 0)
        for key in order:
            for flow in out.get(key, ()):
                if flow.key not in self.back:
                    target = self._host(flow.target)
                    depth[target] = max(depth[target], depth[key] + 1)
        for key in order:
            self.cells[key] = self._cell(self.graph.nodes[key], depth[key])

    def _order_of_visits(self, out: dict[str, list[Flow]]) -> list[str]:
        """Every host before those it leads to; a flow to one still being visited leads back."""
        done: list[str] = []
        open_: set[str] = set()
        seen: set[str] = set()
        hosts = [node.key for node in self.nodes if self._host(node.key) == node.key]
        hosts.sort(key=lambda key: self.graph.nodes[key].kind is not Kind.START)
        for first in hosts:
            stack: list[tuple[str, list[Flow]]] = []
            if first not in seen:
                stack.append((first, list(out.get(first, ()))))
                seen.add(first)
                open_.add(first)
            while stack:
                key, ahead = stack[-1]
                if not ahead:
                    stack.pop()
                    open_.discard(key)
                    done.append(key)
                    continue
                flow = ahead.pop()
                target = self._host(flow.target)
                if target in open_:
                    self.back.add(flow.key)
                elif target not in seen:
                    seen.add(target)
                    open_.add(target)
                    stack.append((target, list(out.get(target, ()))))
        return done[::-1]

    def _cell(self, node: Node, column: int) -> Cell:
        inner = _Scope(self.graph, node.key).page() if node.kind in BODIES else None
        width, height = SIZES.get(node.kind, TASK)
        if inner is not None:
            width = max(TASK[0], inner.width + 2 * PADDING)
            height = max(TASK[1], inner.height + 2 * PADDING + HEADING)
        watchers = len(self.watchers.get(node.key, ()))
        width = max(width, watchers * WATCHER_STEP + 20) if watchers else width
        below = EVENT[1] / 2 + PASSING * (watchers + 1) if watchers else 0.0
        return Cell(node.key, column, width, height, below=below, inner=inner)

    def _columns(self) -> list[list[Cell]]:
        """Cells by column, with room for lines that pass."""
        columns: list[list[Cell]] = [[] for _ in range(1 + max(cell.column for cell in self.cells.values()))]
        for cell in self.cells.values():
            columns[cell.column].append(cell)
        passing = 0
        for flow in self.flows:
            if flow.key in self.back:
                continue
            source, target = self.cells[self._host(flow.source)], self.cells[self._host(flow.target)]
            passing += target.column - source.column - 1
            between = range(source.column + 1, target.column) if passing < MOST_PASSING else ()
            chain = [Cell(flow.key, column) for column in between]
            for cell in chain:
                columns[cell.column].append(cell)
            self.chains[flow.key] = chain
        return columns

    def _order(self, columns: list[list[Cell]]) -> None:
        """One pass from left to right: each at the average height of what leads to it."""
        rank: dict[int, float] = {}
        before: dict[int, list[Cell]] = {}
        for flow in self.flows:
            if flow.key not in self.back:
                way = [
                    self.cells[self._host(flow.source)],
                    *self.chains[flow.key],
                    self.cells[self._host(flow.target)],
                ]
                for left, right in pairwise(way):
                    before.setdefault(id(right), []).append(left)
        for cells in columns:
            places = {
                id(cell): sum(rank[id(each)] for each in before[id(cell)]) / len(before[id(cell)])
                if id(cell) in before
                else float(at)
                for at, cell in enumerate(cells)
            }
            cells.sort(key=lambda cell: places[id(cell)])
            rank.update({id(cell): float(at) for at, cell in enumerate(cells)})

    def _place(self, columns: list[list[Cell]]) -> None:
        heights = [sum(cell.height + cell.below + GAP_Y for cell in cells) - GAP_Y for cells in columns]
        tallest = max(heights)
        turning: dict[
            int, int
        ] = {}  # the gap is wide enough that each line that turns in it has its own place
        for flow in self.flows:
            for cell in [self.cells[self._host(flow.source)], *self.chains.get(flow.key, ())]:
                turning[cell.column] = turning.get(cell.column, 0) + 1
        x = 0.0
        for cells, height in zip(columns, heights, strict=True):
            width = max(cell.width for cell in cells)
            y = (tallest - height) / 2
            for cell in cells:
                cell.x, cell.y = x + (width - cell.width) / 2, y
                y += cell.height + cell.below + GAP_Y
            x += width + GAP_X + 8 * min(turning.get(cells[0].column, 0), 20)

    def _drawn(self, columns: list[list[Cell]]) -> Page:
        page = Page()
        for cell in self.cells.values():
            self._draw(page, cell)
        rights = [max(cell.x + cell.width for cell in cells) for cells in columns]
        lefts = [min(cell.x for cell in cells) for cells in columns]
        bottom = max(cell.y + cell.height + cell.below for cells in columns for cell in cells)
        turns = [0] * len(columns)
        for flow in self.flows:
            bottom = self._draw_line(page, flow, rights, lefts, turns, bottom)
        page.width = max(rights) + (GAP_X if self.back else 0)
        page.height = bottom
        return page

    def _draw(self, page: Page, cell: Cell) -> None:
        page.boxes[cell.key] = Box(cell.x, cell.y, cell.width, cell.height)
        for place, key in enumerate(self.watchers.get(cell.key, ())):
            x = cell.x + 20 + place * WATCHER_STEP
            page.boxes[key] = Box(x, cell.y + cell.height - EVENT[1] / 2, *EVENT)
        if cell.inner is not None:
            left, top = cell.x + PADDING, cell.y + PADDING + HEADING
            page.boxes.update({key: _moved(box, left, top) for key, box in cell.inner.boxes.items()})
            for key, line in cell.inner.lines.items():
                page.lines[key] = [(x + left, y + top) for x, y in line]

    def _draw_line(
        self,
        page: Page,
        flow: Flow,
        rights: list[float],
        lefts: list[float],
        turns: list[int],
        bottom: float,
    ) -> float:
        """Returns how far down the drawing reaches, because lines that lead back run below everything."""
        source, target = self.cells[self._host(flow.source)], self.cells[self._host(flow.target)]
        line = self._beginning(page, flow, source)
        end = (target.x, target.y + target.height / 2)
        if flow.key in self.back:
            bottom += PASSING
            turn = self._turn(rights, turns, source.column)
            before = lefts[target.column] - 12
            line += [(turn, line[-1][1]), (turn, bottom), (before, bottom), (before, end[1])]
        else:
            column = source.column
            for cell in [*self.chains[flow.key], target]:
                y = end[1] if cell is target else cell.y + cell.height / 2
                turn = self._turn(rights, turns, column)
                line += [(turn, line[-1][1]), (turn, y)]
                column = cell.column
        page.lines[flow.key] = _straightened([*line, end])
        return bottom

    def _beginning(self, page: Page, flow: Flow, source: Cell) -> list[tuple[float, float]]:
        """From the right side of a node, or down from a watcher to a height of its own."""
        box = page.boxes[flow.source]
        if flow.source == source.key:
            return [(box.x + box.width, box.y + box.height / 2)]
        place = self.watchers[source.key].index(flow.source)
        middle, below = box.x + box.width / 2, box.y + box.height
        return [(middle, below), (middle, below + PASSING * (place + 0.5))]

    def _turn(self, rights: list[float], turns: list[int], column: int) -> float:
        turns[column] += 1
        return rights[column] + 16 + 8 * (turns[column] % 20)


def _straightened(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points that stand on the way between their neighbours."""
    points: list[tuple[float, float]] = []
    for point in line:
        if points and points[-1] == point:
            continue
        if len(points) > 1 and (
            points[-2][0] == points[-1][0] == point[0] or points[-2][1] == points[-1][1] == point[1]
        ):
            points.pop()
        points.append(point)
    return points


def _moved(box: Box, x: float, y: float) -> Box:
    return Box(box.x + x, box.y + y, box.width, box.height)
