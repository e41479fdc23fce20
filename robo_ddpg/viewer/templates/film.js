function showFilm(film) {
  const filming = film.state === "filming", ready = film.state === "ready";
  part("film").textContent = filming ? "Stop and save" : "Record";
  part("film").dataset.order = filming ? "cut" : "film";
  part("film").disabled = film.state === "writing";
  part("film-said").textContent = {filming: film.seconds?.toFixed(1) + " s", writing: "writing, " + Math.round(100 * film.share) + " %", failed: film.why}[film.state] ?? "";
  part("film-file").hidden = !ready;
  if (ready) {
    part("film-file").href = "films/" + film.file;
    part("film-file").textContent = film.file;
  }
}
