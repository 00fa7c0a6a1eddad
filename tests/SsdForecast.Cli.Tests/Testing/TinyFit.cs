namespace SsdForecast.Cli.Tests;

/// <summary>The least that can be called a fit: a second or two.</summary>
internal static class TinyFit
{
    public static string[] Options { get; } =
    [
        "--lookback", "24", "--layers", "1", "--d-model", "8", "--d-state", "4", "--head-dim", "4", "--quantiles", "0.1,0.5,0.9",
        "--epochs", "1", "--steps-per-epoch", "2", "--batch-size", "2", "--window-length", "32",
    ];

    /// <summary>The options with another value for one of them.</summary>
    public static string[] With(string option, string value)
    {
        var options = Options.ToArray();
        options[Array.IndexOf(options, option) + 1] = value;
        return options;
    }

    /// <summary>Fits a file.</summary>
    public static CliResult Fit(string data, string model, params string[] more) => Cli.Run(["fit", data, "--out", model, "--horizon", "6", .. Options, .. more]);
}

/// <summary>A tiny model with its data, trained once for all tests of a class.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyModel()
    {
        Data = _folder.Write("load.csv", SmallData.Hourly());
        Fitted = TinyFit.Fit(Data, Folder);
    }

    public string Folder => _folder["model"];

    public string Data { get; }

    internal CliResult Fitted { get; }

    public void Dispose() => _folder.Dispose();
}
