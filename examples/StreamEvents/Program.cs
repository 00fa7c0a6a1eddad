// Serves a trained causal model over live events: one value in, a forecast out, in microseconds and without torch. Half-way it saves its state,
// is thrown away, and goes on from the file as if nothing had happened.
//
//   ssdf fit datasets/taylor.csv --horizon 48 --out model
//   dotnet run --project examples/StreamEvents -- model datasets/taylor.csv model.state
//
// Arguments: the model folder, a CSV file of one series to replay, and a file for the state.
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

var model = RecurrentModel.Load(args.ElementAtOrDefault(0) ?? "model");
var series = SeriesCsv.Read(args.ElementAtOrDefault(1) ?? "datasets/taylor.csv").Series[0];
var stateFile = args.ElementAtOrDefault(2) ?? "model.state";

// One engine holds the states of as many series as there are keys.
var engine = new StreamingEngine(model);
Forecast? pending = null;
var (inside, judged) = (0, 0);
for (var t = 0; t < series.Count; t++)
{
    var value = series.Values[t];

    // The forecast that was made before the value came.
    if (pending is not null && !double.IsNaN(value))
    {
        judged++;
        if (value >= pending.Values[0, 0] && value <= pending.Values[0, pending.Levels.Count - 1]) inside++;
        if (t % (series.Count / 8) == 0) Console.WriteLine($"{series.Index[t]:yyyy-MM-dd HH:mm}  forecast {pending.Median[0]:F0}  came {value:F0}");
    }

    // Two verbs: Observe changes the state and gives the forecast that follows; Forecast only reads it.
    pending = engine.Observe(series.Id, new Observation(series.Index[t], value));

    if (t == series.Count / 2)
    {
        engine.Snapshot(stateFile);
        engine = StreamingEngine.Restore(model, stateFile);
        Console.WriteLine($"saved and restored after {t + 1} events: {new FileInfo(stateFile).Length} bytes");
    }
}

Console.WriteLine($"{judged} one-step forecasts; {inside / (double)judged:P1} of the values within the outermost quantiles");
Console.WriteLine($"next: {string.Join(", ", engine.Forecast(series.Id).Median.Take(4).Select(v => v.ToString("F0")))} …");
