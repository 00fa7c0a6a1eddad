using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Tests.Fitting;

/// <summary>Training by several processes, here on the CPU: the same curve as one, and an end for all when one fails.</summary>
public sealed class RanksTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public RanksTests()
    {
        _folder.Write("load.csv", SmallData.Hourly(400));
        // A bucket a layer, so that the small models here have several.
        Environment.SetEnvironmentVariable("SSDF_BUCKET", "0.0001");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("SSDF_BUCKET", null);
        _folder.Dispose();
    }

    private string[] Fit(string model, params string[] more) =>
    [
        "fit", _folder["load.csv"], "--out", _folder[model], "--horizon", "6", "--lookback", "24", "--layers", "1", "--d-model", "8", "--d-state", "4", "--head-dim", "4",
        "--quantiles", "0.1,0.5,0.9", "--dropout", "0", "--learning-rate", "0.02", .. more,
    ];

    [Theory]
    // A batch that does not divide, and an end by early stopping.
    [InlineData("--batch-size", "3", "--steps-per-epoch", "5", "--window-length", "32", "--epochs", "12", "--patience", "2")]
    // More processes than windows.
    [InlineData("--batch-size", "1", "--steps-per-epoch", "4", "--window-length", "32", "--epochs", "2")]
    [InlineData("--batch-size", "3", "--sequence-chunk", "16", "--gradient-chunks", "2", "--epochs", "2")]
    public void Two_processes_have_the_losses_of_one(params string[] training)
    {
        Cli.Good([.. Fit("one"), .. training, "--quiet"]);
        var two = Cli.Run([.. Fit("two"), .. training, "--gpus", "2", "--quiet"]);
        Assert.True(two.Code == 0, two.Error);
        Assert.Contains(", 2 processes", two.Output, StringComparison.Ordinal);
        Assert.Equal(["load.csv", "one", "two"], _folder.Names);

        var (a, b) = (ModelFolder.Load(_folder["one"]).Training, ModelFolder.Load(_folder["two"]).Training);
        Assert.Equal((a.Epochs, a.BestEpoch, a.Steps), (b.Epochs, b.BestEpoch, b.Steps));
        Assert.True(a.Epochs > 0);
        foreach (var (one, other) in a.TrainingLoss.Zip(b.TrainingLoss).Concat(a.ValidationLoss.Zip(b.ValidationLoss))) Assert.Equal(one, other, 1e-5 * Math.Max(1, one));
    }

    [Fact]
    public void A_launcher_starts_the_processes_and_one_that_fails_ends_all_with_one_line()
    {
        var port = FreePort();
        using var first = Start(0, port, Fit("model", "--epochs", "2", "--steps-per-epoch", "2"));
        using var second = Start(1, port, [.. Fit("model", "--epochs", "2"), "--target", "nowhere"]);
        var (code, output, error) = first.End();
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.StartsWith("ssdf: rank 1: ", Assert.Single(error.Split('\n'), l => l.StartsWith("ssdf: ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("nowhere", error, StringComparison.Ordinal);
        Assert.Equal((1, "", ""), second.End());
        Assert.Equal(["load.csv"], _folder.Names);
    }

    [Fact]
    public void A_process_that_is_killed_ends_the_others()
    {
        var port = FreePort();
        string[] endless = [.. Fit("model", "--epochs", "100000", "--patience", "100000", "--steps-per-epoch", "4", "--batch-size", "2", "--window-length", "32")];
        using var first = Start(0, port, endless);
        using var second = Start(1, port, endless);
        first.WaitFor("epoch 2/");
        second.Kill();
        var (code, _, error) = first.End();
        Assert.Equal(1, code);
        Assert.Contains("ssdf: rank 1 is gone", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-4")]
    [InlineData("nan")]
    public void A_wrong_size_of_buckets_is_told(string size)
    {
        Environment.SetEnvironmentVariable("SSDF_BUCKET", size);
        var error = Cli.Fails(1, Fit("model", "--epochs", "1", "--gpus", "2", "--quiet"));
        Assert.Equal($"ssdf: SSDF_BUCKET is '{size}'; it must be a number of MiB, 0 or more", error.Trim());
        Assert.Equal(["load.csv"], _folder.Names);
    }

    [Theory]
    [InlineData("0", "--gpus: 0 is too small; it must be 1 or more")]
    [InlineData("x", "--gpus: 'x' is not a whole number")]
    public void A_wrong_number_of_processes_is_told(string gpus, string message)
        => Assert.Contains(message, Cli.Fails(2, Fit("model", "--gpus", gpus)), StringComparison.Ordinal);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Launched Start(int rank, int port, string[] args)
    {
        var self = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";
        var start = new ProcessStartInfo(self, [Path.Combine(AppContext.BaseDirectory, "ssdf.dll"), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["RANK"], start.Environment["WORLD_SIZE"], start.Environment["LOCAL_RANK"]) = ($"{rank}", "2", $"{rank}");
        (start.Environment["MASTER_ADDR"], start.Environment["MASTER_PORT"], start.Environment["OMP_NUM_THREADS"]) = ("127.0.0.1", $"{port}", "1");
        return new Launched(Process.Start(start)!);
    }

    private sealed class Launched : IDisposable
    {
        private readonly Process _process;
        private readonly Task<string> _output;
        private readonly System.Text.StringBuilder _error = new();
        private readonly Task _errorEnd;
        private readonly SemaphoreSlim _line = new(0);

        public Launched(Process process)
        {
            _process = process;
            _output = process.StandardOutput.ReadToEndAsync();
            _errorEnd = Task.Run(async () =>
            {
                while (await process.StandardError.ReadLineAsync() is { } line)
                {
                    lock (_error) _error.Append(line).Append('\n');
                    _line.Release();
                }
            });
        }

        public void WaitFor(string text)
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < Long)
            {
                _line.Wait(TimeSpan.FromSeconds(1));
                lock (_error)
                    if (_error.ToString().Contains(text, StringComparison.Ordinal)) return;
                Assert.False(_process.HasExited, _error.ToString());
            }
            Assert.Fail($"'{text}' did not come: {_error}");
        }

        public (int Code, string Output, string Error) End()
        {
            Assert.True(_process.WaitForExit(Long), "the process hangs");
            _errorEnd.Wait();
            return (_process.ExitCode, _output.Result, _error.ToString());
        }

        public void Kill() => _process.Kill();

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }
    }
}
