using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;

namespace SsdForecast.Cli.Benchmarks.Oscillation;

/// <summary>What turning states are for: parity beyond the training length, and seasons longer than the lookback; each beside the plain block, same budget.</summary>
internal static class OscillationBenchmark
{
    public static int Parity(CommandHost host, ParityOptions options, bool json)
    {
        var task = new ParityTask(options);
        var scores = new[] { ("plain SSD", false), ("with rotation", true) }
            .Select(m => (Model: m.Item1, Score: task.Run(ParityTask.Block(m.Item2), Progress(host, m.Item1, options.Steps)))).ToArray();
        if (json)
        {
            ResultJson.Write(host.Out, scores.Select(s => new { s.Model, s.Score.Within, s.Score.Beyond, s.Score.Last, s.Score.Loss, options.TrainLength, options.Seen, options.TestLength, options.Steps, options.Seed }));
            return ExitCodes.Good;
        }
        var table = new TextTable("model", $"accuracy to {options.Seen}", $"{options.Seen} to {options.TestLength}", "last quarter", "training loss");
        foreach (var (model, score) in scores)
            table.Add(model, Percent(score.Within), Percent(score.Beyond), Percent(score.Last), Numbers.Score(score.Loss));
        table.Write(host);
        return ExitCodes.Good;
    }

    public static int Seasons(CommandHost host, int epochs, int seed, bool json)
    {
        var errors = new[] { ("ridge alone", 0, false), ("plain SSD", epochs, false), ("with rotation", epochs, true) }
            .Select(m => (Model: m.Item1, Error: SeasonTask.Run(SeasonTask.Block(m.Item3), m.Item2, seed))).ToArray();
        if (json)
        {
            ResultJson.Write(host.Out, errors.Select(e => new { e.Model, e.Error, Epochs = epochs, Seed = seed }));
            return ExitCodes.Good;
        }
        var table = new TextTable("model", "squared error beyond the noise");
        foreach (var (model, error) in errors) table.Add(model, Numbers.Score(error));
        table.Write(host);
        return ExitCodes.Good;
    }

    // Every tenth of the way, on a terminal alone.
    private static Action<int, double>? Progress(CommandHost host, string model, int steps)
        => !host.DrawsProgress ? null : (step, loss) =>
        {
            if ((step + 1) % Math.Max(1, steps / 10) == 0) host.Note($"{model}: step {step + 1}/{steps}, loss {Numbers.Score(loss)}");
        };

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:f2} %");
}
