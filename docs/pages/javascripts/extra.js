// What scrolls sideways can be reached by keyboard, and code blocks are told apart by screen readers.
document$.subscribe(() =>
  setTimeout(() => {
    document.querySelectorAll(".md-typeset__scrollwrap").forEach((wrap) => { wrap.tabIndex = 0 })
    document.querySelectorAll(".md-code__nav").forEach((nav, at) => { nav.ariaLabel = `Code block ${at + 1}` })
  }, 50),
)
