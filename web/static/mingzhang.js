// A form is sent once: its buttons rest while the answer is under way, and wake when the page is shown again.
document.addEventListener("submit", function (event) {
  var form = event.target;
  if (form.dataset.ask && !window.confirm(form.dataset.ask)) { event.preventDefault(); return; }
  form.removeAttribute("data-unsaved");
  window.setTimeout(function () {
    form.querySelectorAll("button").forEach(function (button) { button.disabled = true; });
  }, 0);
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form button").forEach(function (button) { button.disabled = false; });
});
document.addEventListener("htmx:afterRequest", function () {
  document.querySelectorAll("form.filter button").forEach(function (button) { button.disabled = false; });
});
// Long answers: who leaves the page with something that was not sent is asked first.
document.addEventListener("input", function (event) {
  var form = event.target.form;
  if (form && form.hasAttribute("data-unsaved")) { form.dataset.unsaved = "now"; }
});
window.addEventListener("beforeunload", function (event) {
  if (document.querySelector('form[data-unsaved="now"]')) { event.preventDefault(); event.returnValue = ""; }
});
