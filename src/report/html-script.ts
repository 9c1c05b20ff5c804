/**
 * Sorting of the rules' table. The page is whole without it; the filter works by style alone. It changes the order of
 * rows and nothing else, so there is no text for it to mistake for markup.
 */
export const SCRIPT: string = `for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0]
  const heads = [...table.tHead.rows[0].cells]
  heads.forEach((head, column) => {
    if (!body.rows[0]?.cells[column]?.hasAttribute('data-sort')) return
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...head.childNodes)
    head.append(button)
    button.addEventListener('click', () => {
      const falling = head.getAttribute('aria-sort') === 'ascending' || (column > 3 && !head.hasAttribute('aria-sort'))
      for (const other of heads) other.removeAttribute('aria-sort')
      head.setAttribute('aria-sort', falling ? 'descending' : 'ascending')
      const key = row => Number(row.cells[column].dataset.sort)
      const rows = [...body.rows].sort((a, b) => (falling ? key(b) - key(a) : key(a) - key(b)))
      body.append(...rows)
    })
  })
}
`
