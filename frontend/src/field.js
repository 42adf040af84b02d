/**
 * One text field that never loses what was typed: it saves drafts, asks for findings, and hands its text to the page.
 *
 * A field lives as long as the page in the browser does. A rerun may drop and mount the element at any time; the field
 * then moves on to the new element with its text, its cursor and its undo history.
 */
import { isTypedIn, wasTypedIn } from "./between.js"
import { CodeSurface } from "./code.js"
import { element, isCommanding, plainLines } from "./dom.js"
import { Findings, hasErrors } from "./findings.js"
import { Homes } from "./homes.js"
import { PlainSurface } from "./plain.js"
import { markOf, post } from "./requests.js"
import { leavesCursor, takesCursor } from "./succession.js"

const DRAFT_DELAY_MS = 500
const RETRY_DELAY_MS = 2000
const SLOW_PAGE_MS = 1500
/** How long after it was taken off the page a field may claim its cursor back. */
const REMOUNT_MS = 2000
const BIG_TEXT = 20000
const BIG_TEXT_DELAY_MS = 100
/** After so long a field that has not come back is gone, and what the page never took of it waits as a draft. */
const GONE_MS = 500
/** How long the page may take to deal with a hand-over; after that it may have been lost, and is made again. */
const ANSWER_MS = 10000
/** How many texts a field remembers having handed over before the page confirms one. */
const MAX_MARKS = 8
/** Names this tab in the drafts it sends, so that two tabs never overwrite each other's. */
const TAB = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** Counts the texts this tab sends, so that the server never takes an older one for the newer. */
let sent = 0

/** The fields on the page now. */
export const alive = new Set()
/** Fields left by pressing a pointer: their text is handed over at its release, so that nothing moves under a click. */
export const leaving = new Set()
export const pointer = { isDown: false }

export class Field {
  constructor(data) {
    this.uid = data.uid
    this.id = `callwright-${Math.random().toString(36).slice(2)}`
    this.box = element("div", "live")
    this.homes = new Homes(this.box, () => this.surface.grow())
    this.label = element("label", "label")
    this.label.id = `${this.id}-label`
    this.status = element("div", "status")
    this.findings = new Findings(`${this.id}-findings`)
    this.build(data)
    this.surface.show(data.value)
    this.given = data.value
    this.marks = [markOf(data.value)]
    this.committed = this.text()
    this.drafted = this.committed
    this.box.addEventListener("focusout", (event) => this.box.contains(event.relatedTarget) || this.left())
    this.box.addEventListener("focusin", () => (this.isFocused = true))
  }

  build({ mode }) {
    const events = {
      typed: () => this.typed(),
      moved: () => this.pointAtFindings(),
      pressed: (event) => this.pressed(event),
      fix: (finding) => this.fix(finding),
      format: () => this.format(),
      schema: () => this.schema(),
    }
    const isCode = mode === "json"
    this.surface = isCode ? new CodeSurface(this.id, this.label.id, events) : new PlainSurface(mode, this.id, events)
    if (isCode) this.label.removeAttribute("for")
    else this.label.htmlFor = this.id
    this.label.onclick = isCode ? () => this.surface.focus() : null
    this.box.replaceChildren(this.label, this.surface.node, this.findings.list, this.findings.voice, this.status)
  }

  /** Stand in this element from now on. */
  arrive(root, component) {
    const isBack = performance.now() - (this.goneAt ?? performance.now()) < REMOUNT_MS
    const hadFocus = (this.isFocused && isBack) || wasTypedIn(this) || takesCursor(component.data)
    if (this.homes.moveTo(root, component)) {
      this.isFocused = hadFocus
      this.surface.arrive()
      if (hadFocus) queueMicrotask(() => this.takeFocusBack())
    }
    if (alive.has(this)) return
    alive.add(this)
    this.homes.watch()
  }

  /** Unless the person went on to another field meanwhile. */
  takeFocusBack() {
    const held = document.activeElement
    if (this.box.isConnected && (!held || held === document.body)) this.surface.restore()
  }

  /** This element is the field's no more. Off the page nothing of the field runs on, but its last text is sent. */
  leave(root) {
    const left = this.homes.forget(root)
    if (!alive.has(this) || !this.homes.isAt(root)) return
    if (left) return this.goBack(...left)
    this.isOwed = this.isDirty() || this.nonce !== undefined
    if (this.isFocused && !this.isOwed) leavesCursor(this.data)
    this.flush(true)
    this.goneAt = performance.now()
    alive.delete(this)
    for (const late of [GONE_MS, SLOW_PAGE_MS]) setTimeout(() => this.askForLook(), late)
    clearTimeout(this.checkTimer)
    this.checking?.abort()
    this.homes.leave()
    this.findings.silence()
    this.surface.leave()
  }

  /**
   * The page drew this field's text anew, by somebody else, before it had ours: it has to look again, for it would say
   * only at its next run that there are two. Another field of the same thing tells it.
   */
  askForLook() {
    if (alive.has(this) || !this.isOwed || this.text() !== this.drafted) return
    const other = [...alive].find((one) => one.data.of === this.data.of)
    if (!other) return
    this.isOwed = false
    other.setStateValue("look", `${TAB}.${++sent}`)
  }

  goBack(root, component) {
    this.arrive(root, component)
    this.update(component, false)
  }

  update({ data, setStateValue }, isNew) {
    this.data = data
    this.setStateValue = setStateValue
    if ((data.mode === "json") !== (this.surface.mode === "json")) this.rebuild(data)
    this.label.textContent = data.label
    this.label.className = data.label_visible ? "label" : "label hidden"
    this.takeValue(data)
    this.findings.list.classList.toggle("brief", Boolean(data.is_brief))
    this.takeFindings(data.findings)
    this.describe()
    this.surface.grow()
    if (isNew && this.isDirty()) this.typed()
    if (data.focus && data.focus !== this.focusSeen) this.surface.focus(data.caret)
    this.focusSeen = data.focus
  }

  /** The same text in a field of another kind. */
  rebuild(data) {
    const text = this.text()
    this.build(data)
    this.surface.arrive()
    this.surface.show(text)
  }

  describe() {
    const { data } = this
    this.surface.describe({
      label: data.label,
      placeholder: data.placeholder ?? "",
      isDisabled: Boolean(data.disabled),
      describedBy: this.findings.list.id,
      keys: data.keys,
      isWrong: hasErrors(this.findings.shown),
    })
  }

  /**
   * The page's text replaces ours only when the person has typed nothing since the last hand-over, and never before the
   * page has dealt with that one, however long it takes: what it shows until then is older.
   */
  takeValue({ value, handled }) {
    const isAnswered = this.nonce !== undefined && handled === this.nonce
    const isAwaited = this.nonce !== undefined && !isAnswered
    const isNews = value !== this.given || (isAnswered && plainLines(value) !== this.text())
    this.given = value
    if (isAnswered) this.nonce = undefined
    if (isAwaited && performance.now() > this.awaitedUntil) this.handOverAgain()
    if (!isNews) return
    const confirmed = this.marks.lastIndexOf(markOf(value))
    if (confirmed >= 0) this.marks = this.marks.slice(confirmed)
    if (isAwaited || this.isDirty()) return
    this.marks = [markOf(value)]
    this.surface.replace(value)
    this.committed = this.text()
    this.drafted = this.committed
  }

  /** What the page knows of its text; a page that knows nothing leaves it to the field to ask. */
  takeFindings(findings) {
    if (findings) {
      this.pageVerdict = hasErrors(findings)
      if (!this.isDirty()) this.paint(findings)
      return
    }
    this.pageVerdict ??= false
    if (this.checked !== this.text()) this.check()
  }

  text() {
    return this.surface.text()
  }

  isDirty() {
    return this.text() !== this.committed
  }

  typed() {
    this.surface.keep()
    this.surface.grow()
    this.status.textContent = ""
    this.isToldWhyNot = false
    this.isPaused = false
    clearTimeout(this.draftTimer)
    this.draftTimer = setTimeout(() => this.paused(), DRAFT_DELAY_MS)
    clearTimeout(this.checkTimer)
    if (this.surface.length() > BIG_TEXT) this.checkTimer = setTimeout(() => this.check(), BIG_TEXT_DELAY_MS)
    else this.check()
  }

  /** A pause in typing: the page is told when the verdict on this field changed, else the text is saved as a draft. */
  paused() {
    this.isPaused = true
    if (this.isVerdictNews()) this.commit()
    else this.saveDraft()
  }

  isVerdictNews() {
    return this.verdict !== undefined && this.verdict !== this.pageVerdict
  }

  /** The person went elsewhere; an element that is taken off the page (just after this) keeps the cursor's claim. */
  left() {
    this.surface.keep()
    queueMicrotask(() => this.box.isConnected && (this.isFocused = false))
    this.flush()
    if (pointer.isDown) leaving.add(this)
    else this.commit()
  }

  pressed(event) {
    if (!isCommanding(event) && event.key !== "Tab" && event.key !== "Escape") isTypedIn(this)
    const isSave = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s"
    if (isSave) event.preventDefault()
    if (isSave || isCommanding(event)) this.commit()
    if (event.key === "Enter" && this.data.mode === "line") this.commit()
  }

  /** Hand the text to the page: it becomes a revision there. Should the page fail, the text is on the server too. */
  commit() {
    if (!this.isDirty() || this.data.disabled) return
    const text = this.text()
    const typing = this.typing()
    this.committed = text
    if (!this.data.findings && this.verdict !== undefined) this.pageVerdict = this.verdict
    this.verdict = undefined
    clearTimeout(this.draftTimer)
    const nonce = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
    this.nonce = nonce
    this.await(nonce)
    this.setStateValue("doc", { text, nonce, base_rev: this.data.base_rev, at: this.data.at, typing })
    this.handed = { text, typing }
    if (this.data.is_drafted_at_hand_over) this.draftHanded()
    else this.draftTimer = setTimeout(() => nonce === this.nonce && this.draftHanded(), SLOW_PAGE_MS)
    this.marks = [...this.marks, markOf(text)].slice(-MAX_MARKS)
  }

  /** A page that is slow, or was left at once, may never take what it was handed: the server has it as a draft then. */
  draftHanded(isLeaving = false) {
    const { text, typing } = this.handed
    if (text !== this.drafted) this.send(text, typing, { isLeaving })
  }

  await(nonce) {
    this.awaitedUntil = performance.now() + ANSWER_MS
    setTimeout(() => nonce === this.nonce && alive.has(this) && this.handOverAgain(), ANSWER_MS)
  }

  /** The page never said that it has the text; what was typed since is handed over by itself. */
  handOverAgain() {
    if (this.isDirty() || this.data.disabled) return
    this.committed = undefined
    this.commit()
  }

  /** Where this text was typed, on top of what, and after which others. */
  typing() {
    return { tab: TAB, began: this.marks, seq: ++sent }
  }

  /** Save at once what the timer has not saved yet; used on blur, on hiding the tab and on unmounting. */
  flush(isGoing = false) {
    if (this.isDirty()) {
      clearTimeout(this.draftTimer)
      this.saveDraft(true)
    } else if (isGoing && this.nonce !== undefined) this.draftHanded(true)
  }

  saveDraft(isLeaving = false) {
    if (this.data?.draft_url && this.text() !== this.drafted) this.send(this.text(), this.typing(), { isLeaving })
  }

  /** One request at a time: a draft never overtakes a newer one. While one is under way only the newest waits. */
  async send(text, typing, options) {
    const draft = { text, typing, options, url: this.data.draft_url, token: this.data.token }
    if (this.sending) {
      this.waiting = draft
      if (options.isLeaving) this.post(draft)
      return
    }
    this.sending = true
    await this.post(draft)
    this.sending = false
    const next = this.waiting
    this.waiting = undefined
    if (next && next.text !== this.drafted) this.send(next.text, next.typing, next.options)
  }

  async post({ text, typing, options, url, token }) {
    const answer = await post(url, { token, text, typing }, options)
    if (answer.isRefused) return this.commit()
    if (answer.refusal) return this.say(answer.refusal, "refused")
    if (!answer.body) return this.retry(text, typing)
    this.drafted = text
    this.askForLook()
    if (!this.isToldWhyNot) this.say(this.isDirty() && this.text() === text ? "draft saved" : "")
  }

  /** Try again until the text is on the server, on the page or off it. */
  retry(text, typing) {
    this.say("not saved yet, trying again", "waiting")
    clearTimeout(this.draftTimer)
    this.draftTimer = setTimeout(() => {
      if (this.isDirty()) this.saveDraft()
      else if (this.given === text) this.say("")
      else this.send(text, typing, {})
    }, RETRY_DELAY_MS)
  }

  say(sentence, look = "") {
    this.status.textContent = sentence
    this.status.className = `status ${look}`.trim()
  }

  async check() {
    if (!this.data?.check_url) return
    this.checking?.abort()
    this.checking = new AbortController()
    const text = this.text()
    this.findings.age()
    const answer = await post(this.data.check_url, { token: this.data.token, text }, { signal: this.checking.signal })
    if (!answer.body || text !== this.text()) return
    this.checked = text
    this.verdict = hasErrors(answer.body.findings)
    this.paint(answer.body.findings)
    if (this.isFocused) this.findings.announce()
    if (this.isPaused && this.isVerdictNews() && alive.has(this)) this.commit()
  }

  paint(findings) {
    this.findings.paint(findings)
    this.surface.mark(findings)
    this.pointAtFindings()
    this.describe()
  }

  pointAtFindings() {
    const here = this.surface.here?.()
    if (here) this.findings.point((at) => here.has(at))
  }

  /** One act of the person that Python writes: the text comes back whole, and undo leads to the one before. */
  async rewrite(url, asked) {
    const text = this.text()
    const answer = await post(url, { token: this.data.token, text, ...asked })
    if (text !== this.text()) return
    if (answer.body) {
      this.surface.write(answer.body.text)
      this.commit()
      return
    }
    this.isToldWhyNot = true
    this.say(answer.refusal ?? "This did not reach the server; try it again.", "refused")
  }

  fix({ code, at }) {
    return this.rewrite(this.data.fix_url, { fix: { code, at } })
  }

  format() {
    return this.rewrite(this.data.format_url, {})
  }

  /** What may stand here, by the schema; asked for once for each revision. */
  schema() {
    if (this.schemaRev !== this.data.base_rev) this.schemaAsked = undefined
    this.schemaRev = this.data.base_rev
    this.schemaAsked ??= post(this.data.schema_url, { token: this.data.token, text: "" }).then(({ body }) => {
      if (!body) this.schemaAsked = undefined
      return body?.schema === null ? undefined : body
    })
    return this.schemaAsked
  }
}
