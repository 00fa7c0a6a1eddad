# Writes the CSV files of this folder from the data sets of R and of its package forecast:
#   apt-get install r-base-core r-cran-forecast && Rscript datasets/export.R
# Times and units are those of the help pages; see README.md.
options(digits = 15)
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
save <- function(name, ds, y) {
  path <- file.path(folder, paste0(name, ".csv"))
  write.table(data.frame(ds, y), path, sep = ",", quote = FALSE, row.names = FALSE, eol = "\n")
}
months_from <- function(first, n) format(seq(as.Date(first), by = "month", length.out = n))

# Half-hourly demand in England and Wales from Monday 5 June 2000, megawatts.
demand <- as.numeric(forecast::taylor)
half_hours <- as.POSIXct("2000-06-05", tz = "UTC") + 1800 * (seq_along(demand) - 1)
save("taylor", format(half_hours, "%Y-%m-%d %H:%M:%S"), demand)

save("air_passengers", months_from("1949-01-01", length(AirPassengers)), as.numeric(AirPassengers))
save("co2", months_from("1959-01-01", length(co2)), as.numeric(co2))
save("sunspots_monthly", months_from("1749-01-01", length(sunspot.month)), as.numeric(sunspot.month))

# Eruptions as events: each starts when the one before it, and the wait after that, are over. The first is put at a made-up origin.
seconds <- round(60 * faithful$eruptions)
start <- as.POSIXct("2000-01-01", tz = "UTC") + cumsum(c(0, head(seconds + 60 * faithful$waiting, -1)))
save("faithful", format(start, "%Y-%m-%d %H:%M:%S"), faithful$eruptions)
