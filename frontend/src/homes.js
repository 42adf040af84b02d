/**
 * The elements one field may stand in, each with what the page said there. A page that moves a row draws its field in a
 * second element for a moment, sometimes from the run before, and may then take away either of the two: the field
 * stands in the newest, and goes back when that one goes.
 */
export class Homes {
  components = new Map()

  /** @param onWidth called when the field gets another width: it is often built before it has one. */
  constructor(box, onWidth) {
    this.box = box
    this.observer = new ResizeObserver(([entry]) => {
      if (entry.contentRect.width === this.width) return
      this.width = entry.contentRect.width
      onWidth()
    })
  }

  /** Whether the box had to be moved. */
  moveTo(root, component) {
    this.components.delete(root)
    this.components.set(root, component)
    this.root = root
    if (this.box.parentNode === root) return false
    root.replaceChildren(this.box)
    return true
  }

  watch() {
    this.width = 0
    this.observer.observe(this.box)
  }

  /** This element is the field's no more; where it stood there, the element it has left, with what was said there. */
  forget(root) {
    this.components.delete(root)
    if (root !== this.root) return undefined
    return [...this.components].reverse().find(([one]) => one.isConnected)
  }

  isAt(root) {
    return root === this.root
  }

  leave() {
    this.observer.disconnect()
  }
}
