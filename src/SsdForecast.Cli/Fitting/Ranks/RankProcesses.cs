using System.Diagnostics;
using System.Globalization;
using SsdForecast.Torch.Parallel.Collectives;

namespace SsdForecast.Cli.Fitting.Ranks;

/// <summary>The other processes of a training run, started by the first: this program again, with its own command line and the variables of a launcher.</summary>
internal sealed class RankProcesses : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly List<(int Rank, Process Process, LastLines Said)> _all = [];

    /// <summary>Starts ranks 1 to <paramref name="size"/> − 1.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="size">Processes in all.</param>
    /// <param name="port">Where the first listens, on this machine.</param>
    /// <param name="gpus">Whether each has a GPU to itself.</param>
    public static RankProcesses Start(IReadOnlyList<string> arguments, int size, int port, bool gpus)
    {
        var all = new RankProcesses();
        for (var rank = 1; rank < size; rank++) all.Add(rank, CreateStart(arguments, rank, size, port, gpus));
        return all;
    }

    /// <summary>Throws if a process has ended.</summary>
    /// <exception cref="CollectiveException">One has; with its last words.</exception>
    public void RequireAlive()
    {
        foreach (var (rank, process, said) in _all)
        {
            if (!process.HasExited) continue;
            process.WaitForExit();
            var words = said.Text is { Length: > 0 } text ? ": " + text : "";
            throw new CollectiveException($"rank {rank} ended with code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}{words}");
        }
    }

    /// <summary>Waits for the processes to end by themselves, for a while; what still runs then is ended.</summary>
    public void Dispose()
    {
        var clock = Stopwatch.StartNew();
        foreach (var (_, process, _) in _all)
        {
            var left = Grace - clock.Elapsed;
            if (!process.WaitForExit(left > TimeSpan.Zero ? left : TimeSpan.Zero)) Kill(process);
            process.Dispose();
        }
        _all.Clear();
    }

    /// <summary>Ends the processes at once.</summary>
    public void Kill()
    {
        foreach (var (_, process, _) in _all) Kill(process);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    private static ProcessStartInfo CreateStart(IReadOnlyList<string> arguments, int rank, int size, int port, bool gpus)
    {
        var program = typeof(Program).Assembly.Location;
        var self = Environment.ProcessPath ?? "dotnet";
        // Run by its own launcher, or by dotnet.
        var start = Path.GetFileNameWithoutExtension(self) switch
        {
            var name when name == Path.GetFileNameWithoutExtension(program) => new ProcessStartInfo(self, arguments),
            "dotnet" => new ProcessStartInfo(self, [program, .. arguments]),
            _ => new ProcessStartInfo("dotnet", [program, .. arguments]),
        };
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
        var variables = start.Environment;
        variables["RANK"] = variables["LOCAL_RANK"] = Text(rank);
        variables["WORLD_SIZE"] = Text(size);
        variables["MASTER_ADDR"] = "127.0.0.1";
        variables["MASTER_PORT"] = Text(port);
        variables.Remove("TORCHELASTIC_USE_AGENT_STORE");
        if (gpus)
        {
            // Of a process that sees one GPU nothing can land on another by mistake.
            var visible = variables.TryGetValue("CUDA_VISIBLE_DEVICES", out var list) && list is { Length: > 0 } ? list.Split(',') : [.. Enumerable.Range(0, size).Select(Text)];
            variables["CUDA_VISIBLE_DEVICES"] = visible[rank].Trim();
        }
        else
        {
            var threads = Text(Math.Max(1, Environment.ProcessorCount / size));
            variables.TryAdd("OMP_NUM_THREADS", threads);
            variables.TryAdd("DOTNET_PROCESSOR_COUNT", threads);
        }
        return start;
    }

    private void Add(int rank, ProcessStartInfo start)
    {
        var said = new LastLines();
        var process = Process.Start(start) ?? throw new CollectiveException($"rank {rank} could not be started");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => said.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        _all.Add((rank, process, said));
    }

    /// <summary>The last line that a process said.</summary>
    private sealed class LastLines
    {
        private volatile string _last = "";

        public string Text => _last;

        public void Add(string? line)
        {
            if (!string.IsNullOrWhiteSpace(line)) _last = line.StartsWith("ssdf: ", StringComparison.Ordinal) ? line["ssdf: ".Length..] : line;
        }
    }
}
