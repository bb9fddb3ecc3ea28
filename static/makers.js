// Narrows the makers and models down while somebody types; without it the search is a form.

const search = document.querySelector("[data-search] input[type=search]");
const offers = [...document.querySelectorAll("[data-words]")];
const none = document.querySelector("[data-none]");

function narrow() {
  const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const offer of offers) offer.hidden = !words.every((word) => offer.dataset.words.includes(word));
  for (const maker of document.querySelectorAll(".maker")) {
    maker.hidden = [...maker.querySelectorAll("[data-words]")].every((offer) => offer.hidden);
  }
  none.hidden = offers.some((offer) => !offer.hidden);
}

search.addEventListener("input", narrow);
if (search.value) narrow();
