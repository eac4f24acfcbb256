// Updates the document to new markup and changes only what differs: a control keeps the focus, an opened table stays
// open.

/**
 * Gives one element the children of another. Controls with the same `data-key` are kept.
 * @param {Element} from
 * @param {ParentNode & Node} to
 */
export function take(from, to) {
  const focused =
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
  takeChildren(from, to);
  if (focused === undefined || document.activeElement?.getAttribute("data-key") === focused) return;
  const again = from.querySelector(`[data-key="${CSS.escape(focused)}"]`);
  if (again instanceof HTMLElement) again.focus();
}

/** @param {Node} from @param {Node} to */
function takeChildren(from, to) {
  const wanted = [...to.childNodes];
  for (const [at, theirs] of wanted.entries()) {
    const ours = from.childNodes[at];
    if (ours === undefined) from.appendChild(theirs);
    else if (!isSame(ours, theirs)) from.replaceChild(theirs, ours);
    else if (ours instanceof Element && theirs instanceof Element) {
      takeAttributes(ours, theirs);
      takeChildren(ours, theirs);
    } else if (ours.nodeValue !== theirs.nodeValue) ours.nodeValue = theirs.nodeValue;
  }
  while (from.childNodes.length > wanted.length) from.lastChild?.remove();
}

/** @param {Node} ours @param {Node} theirs */
function isSame(ours, theirs) {
  if (ours.nodeName !== theirs.nodeName) return false;
  if (!(ours instanceof HTMLElement) || !(theirs instanceof HTMLElement)) return true;
  return ours.dataset.key === theirs.dataset.key;
}

/** @param {Element} ours @param {Element} theirs */
function takeAttributes(ours, theirs) {
  for (const { name } of [...ours.attributes]) {
    // The user has opened it.
    if (!theirs.hasAttribute(name) && !(name === "open" && ours instanceof HTMLDetailsElement)) {
      ours.removeAttribute(name);
    }
  }
  for (const { name, value } of theirs.attributes) {
    if (ours.getAttribute(name) !== value) ours.setAttribute(name, value);
  }
}
