// The overview's search acts while somebody types; another state, manufacturer or order is fetched at once.

const form = document.querySelector("[data-choice]");
const none = document.querySelector("[data-none-named]");

function search() {
  const wanted = form.elements.q.value.trim().toLocaleLowerCase();
  const all = [...document.querySelectorAll("#heat-pumps [data-heatpump]")];
  for (const each of all) {
    const place = each.closest("li") || each;
    place.hidden = !each.dataset.name.toLocaleLowerCase().includes(wanted);
  }
  none.hidden = !all.length || all.some((each) => !(each.closest("li") || each).hidden);
}

if (form) {
  const asked = form.elements.q.value;
  form.addEventListener("change", (event) => {
    if (event.target !== form.elements.q) form.requestSubmit();
  });
  form.elements.q.addEventListener("input", () => {
    // what the address left out is not on the page: a wider search needs the server
    if (asked && !form.elements.q.value.toLocaleLowerCase().includes(asked.toLocaleLowerCase())) {
      form.requestSubmit();
    } else search();
  });
  document.addEventListener("redrawn", search);
}
