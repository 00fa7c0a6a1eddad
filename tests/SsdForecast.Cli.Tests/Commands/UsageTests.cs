namespace SsdForecast.Cli.Tests.Commands;

/// <summary>A wrong call: exit code 2, one line that says what is wrong and what to do.</summary>
public class UsageTests
{
    [Theory]
    [InlineData("unknown verb 'fti'", "did you mean 'fit'", "fti")]
    [InlineData("unknown verb 'plot'; see 'ssdf --help'", "", "plot")]
    [InlineData("unknown option --horizn", "did you mean '--horizon'", "fit", "data.csv", "--horizn", "3")]
    [InlineData("unknown option --batch", "did you mean '--batch-size'", "fit", "data.csv", "--batch", "3")]
    [InlineData("unknown option --xyz; see 'ssdf fit --help'", "", "fit", "data.csv", "--xyz", "3")]
    [InlineData("missing INPUT", "see 'ssdf fit --help'", "fit")]
    [InlineData("missing --out", "see 'ssdf forecast --help'", "forecast", "model", "data.csv")]
    [InlineData("missing DATA", "a CSV file", "forecast", "model", "--out", "f.csv")]
    [InlineData("one argument too many", "'extra'", "doctor", "extra")]
    [InlineData("missing FILE", "safetensors", "verify")]
    [InlineData("missing WHAT: one of ltsf, ssd, ", "see 'ssdf benchmark --help'", "benchmark")]
    [InlineData("missing WHAT: one of list, get", "see 'ssdf datasets --help'", "datasets")]
    [InlineData("--windows: 'x' is not a whole number", "see 'ssdf backtest --help'", "backtest", "model", "data.csv", "--windows", "x")]
    [InlineData("--seed: '1e99' is not a whole number", "see 'ssdf benchmark parity --help'", "benchmark", "parity", "--seed", "1e99")]
    [InlineData("--horizon: 2147483647 is not between 1 and 100000", "", "benchmark", "stream", "--horizon", "2147483647")]
    [InlineData("--rate: 'fast' is not a number", "see 'ssdf stream --help'", "stream", "model", "--rate", "fast")]
    [InlineData("no-such.csv: no such file", "name a CSV file", "fit", "no-such.csv", "--horizon", "3", "--out", "m")]
    [InlineData("no-such.yaml: no such file", "configs/", "fit", "no-such.yaml")]
    [InlineData("no-such-model: no such folder", "ssdf fit", "stream", "no-such-model")]
    [InlineData("no-such-model: no such folder", "ssdf fit", "forecast", "no-such-model", "data.csv", "--out", "f.csv")]
    [InlineData("no-such: no such file or folder", "name a model folder", "report", "no-such", "--out", "r.html")]
    [InlineData("no-such.safetensors: no such file", "name a safetensors file", "verify", "no-such.safetensors")]
    [InlineData("etth: no such data set", "did you mean 'etth1'", "datasets", "get", "etth")]
    [InlineData("mars: no such data set; 'ssdf datasets list' shows all", "", "datasets", "get", "mars")]
    public void A_wrong_call_says_what_is_wrong_and_what_to_do(string problem, string wayOut, params string[] args)
    {
        var line = Cli.Fails(2, args);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.Contains(wayOut, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--horizon: not given")]
    [InlineData("--horizon: 'x' is not a whole number", "--horizon", "x")]
    [InlineData("--horizon: 0 is too small", "--horizon", "0")]
    [InlineData("--kind: 'causl' is none of causal, direct", "--horizon", "3", "--kind", "causl")]
    [InlineData("--quantiles: '1.5' is no level between 0 and 1", "--horizon", "3", "--quantiles", "0.5,1.5")]
    [InlineData("--frequency: 'sometimes' is not a frequency", "--horizon", "3", "--frequency", "sometimes")]
    [InlineData("--split: '0.5/0.1' is not a split", "--horizon", "3", "--split", "0.5/0.1")]
    [InlineData("--learning-rate: learning_rate must be positive", "--horizon", "3", "--learning-rate", "-1")]
    [InlineData("--learning-rate: 1E+38 is beyond what float32 can step by; take one below 1", "--horizon", "3", "--learning-rate", "1e38")]
    [InlineData("--skip-learning-rate: 1E+300 of the learning rate is beyond", "--horizon", "3", "--skip-learning-rate", "1e300")]
    [InlineData("--learning-rate: '1e309' is not a finite number", "--horizon", "3", "--learning-rate", "1e309")]
    [InlineData("--weight-decay: 'NaN' is not a number", "--horizon", "3", "--weight-decay", "NaN")]
    [InlineData("--epochs: '99999999999' is not a whole number between 0 and 2147483647", "--horizon", "3", "--epochs", "99999999999")]
    [InlineData("--horizon: 2147483647 is not between 1 and 100000", "--horizon", "2147483647")]
    [InlineData("--layers: 5000 is not between", "--horizon", "3", "--layers", "5000")]
    [InlineData("--patch-stride: 100 is not between 1 and", "--horizon", "3", "--kind", "direct", "--patch-stride", "100")]
    [InlineData("--gpus: 1000 is more than the 64 processes", "--horizon", "3", "--gpus", "1000")]
    [InlineData("--head-dim: 7 does not", "--horizon", "3", "--head-dim", "7")]
    [InlineData("--dropout: 1 is not in [0, 1)", "--horizon", "3", "--dropout", "1")]
    [InlineData("--device: 'gpu' is not a device", "--horizon", "3", "--device", "gpu")]
    [InlineData("--delimiter: 'ab' is not one character", "--horizon", "3", "--delimiter", "ab")]
    [InlineData("--resume: there is no checkpoint", "--horizon", "3", "--resume")]
    public void A_wrong_setting_is_told_at_its_option(string problem, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.csv", SmallData.Hourly(60));
        var line = Cli.Fails(2, ["fit", data, "--out", folder["model"], .. options]);
        Assert.StartsWith("ssdf: " + problem, line, StringComparison.Ordinal);
        Assert.Equal(["data.csv"], folder.Names);
    }

    [Fact]
    public void The_folder_for_the_model_must_be_named()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.csv", SmallData.Hourly(60));
        Assert.StartsWith("ssdf: --out: not given", Cli.Fails(2, "fit", data, "--horizon", "3"), StringComparison.Ordinal);
    }
}
