// Shows what has changed: a flash, and at the edge of the window a mark if it is out of sight.
const FLASHES_MAX = 40;
const FLASH_MS = 1200;

// The blocks that nodes stand in, none within another.
const blocksOf = (nodes) => {
  const blocks = new Set();
  for (const node of nodes) {
    let block = node.nodeType === 1 ? node : node.parentElement;
    while (block && /^(inline|contents|none)/.test(getComputedStyle(block).display) && block !== document.body) {
      block = block.parentElement;
    }
    if (block?.isConnected && document.body.contains(block) && block !== document.body) blocks.add(block);
  }
  return [...blocks].filter((block) => {
    for (let outer = block.parentElement; outer; outer = outer.parentElement) if (blocks.has(outer)) return false;
    return true;
  });
};

const flash = (block) => {
  const begin = { outline: "2px solid rgb(22 119 255 / .9)", outlineOffset: "3px", backgroundColor: "rgb(22 119 255 / .14)" };
  const end = { outline: "2px solid rgb(22 119 255 / 0)", outlineOffset: "3px" };
  // Who wants no motion sees the outline come and go, without a fade.
  const still = [begin, begin];
  block.animate(isStill() ? still : [begin, { ...begin, offset: 0.35 }, end], { duration: FLASH_MS, easing: "ease-out" });
};

const mark = make("button", { type: "button", hidden: true });
const isInSight = (block) => {
  const { top, bottom } = block.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};
let marked;
const point = (block) => {
  marked = block;
  const isAbove = block && block.getBoundingClientRect().top < 0;
  mark.hidden = !block;
  mark.className = isAbove ? "mark above" : "mark below";
  mark.textContent = isAbove ? "↑ Changed above" : "↓ Changed below";
};
mark.addEventListener("click", () => {
  const block = marked;
  for (let around = block; around; around = around.parentElement) if (around.nodeName === "DETAILS") around.open = true;
  block.scrollIntoView({ block: "center", behavior: isStill() ? "instant" : "smooth" });
  flash(block);
  point(null);
});
addEventListener("scroll", () => marked && (!marked.isConnected || isInSight(marked)) && point(null), { passive: true });
dock.append(mark);

const showChanges = (nodes) => {
  const blocks = blocksOf(nodes);
  blocks.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  blocks.slice(0, FLASHES_MAX).forEach(flash);
  point(blocks.length && !blocks.some(isInSight) ? blocks[0] : null);
};
