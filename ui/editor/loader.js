// Runs inside the page from a blob, where a bare path cannot be imported: the address is made whole first.
export default function (component) {
  let isGone = false
  let leave = () => {}
  import(new URL(component.data.module, location.origin).href).then((editor) => {
    if (!isGone) leave = editor.default(component)
  })
  return () => {
    isGone = true
    leave()
  }
}
