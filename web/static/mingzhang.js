// A form is sent once: its buttons rest while the answer is under way, and wake when the page is shown again.
document.addEventListener("submit", function (event) {
  var form = event.target;
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
