using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Torch.Parallel.Collectives;
using TorchSharp;

namespace SsdForecast.Cli.Fitting.Ranks;

/// <summary>
/// The processes that train one model together: started here (<c>--gpus N</c>), or by a cluster's launcher, which sets RANK, WORLD_SIZE and their like. The
/// first one writes and prints; a failure of any ends all, with one line.
/// </summary>
internal sealed class TrainingRanks : IDisposable
{
    private const int MostProcesses = 64;

    private static readonly TimeSpan LastResort = TimeSpan.FromSeconds(30);

    private readonly RankProcesses? _started;
    private readonly TcpGroup _control;
    private readonly ManualResetEventSlim _done;
    private readonly int _threads = torch.get_num_threads();

    private TrainingRanks(RankProcesses? started, TcpGroup control, ManualResetEventSlim done, ICollective group, string device)
    {
        (_started, _control, _done, Group, Device) = (started, control, done, group, device);
        if (started is not null && device == "cpu") torch.set_num_threads(Math.Max(1, Environment.ProcessorCount / group.Size));
    }

    /// <summary>What the processes do in step.</summary>
    public ICollective Group { get; }

    /// <summary>Whether this is the one that writes and prints.</summary>
    public bool IsFirst => Group.Rank == 0;

    /// <summary>The device of this process, such as <c>cuda:1</c>.</summary>
    public string Device { get; }

    /// <summary>Starts or joins the processes that the settings or the environment ask for; null where this process is to train alone.</summary>
    /// <exception cref="CommandException">The settings do not go together.</exception>
    /// <exception cref="CollectiveException">Not all processes came.</exception>
    public static TrainingRanks? Open(CommandHost host, SettingValues values)
    {
        var device = Devices.Checked(values);
        if (Launched() is { } settings) return Join(host, settings, null, DeviceOf(device, settings.LocalRank), () => TcpGroup.Join(settings));
        var size = values.Whole(SettingTable.Gpus, 1) ?? 1;
        if (size == 1) return null;
        var gpus = device != "cpu";
        if (gpus && device != "cuda") throw values.Wrong(SettingTable.Device, $"with several GPUs write cuda, not {device}; CUDA_VISIBLE_DEVICES chooses which");
        if (gpus && torch.cuda.device_count() is var count && size > count) throw values.Wrong(SettingTable.Gpus, $"{size} is more than the {count} CUDA devices here");
        if (size > MostProcesses) throw values.Wrong(SettingTable.Gpus, $"{size} is more than the {MostProcesses} processes that one machine may be asked for; use fewer");

        // What is wrong with the call is told before anything is started.
        _ = FitPlan.Model(values);
        _ = FitPlan.Training(values, null);
        _ = RunSettings.DataPath(values);
        _ = RunSettings.OutFolder(values);
        var listener = TcpGroup.Listen(0, everywhere: false);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var started = RankProcesses.Start(host.Arguments, size, port, gpus);
        try
        {
            var own = FirstOf(size, port);
            return Join(host, own, started, gpus ? "cuda:0" : device, () => TcpGroup.Join(own, listener, started.RequireAlive));
        }
        catch
        {
            started.Kill();
            started.Dispose();
            throw;
        }
    }

    /// <summary>Runs the work of this process; what goes wrong is told to the others, and by the first process to the user.</summary>
    public int Run(Func<int> work)
    {
        try
        {
            var code = work();
            Group.Dispose();
            _started?.Dispose();
            return code;
        }
        catch (Exception e) when (!IsFirst)
        {
            // The first process has the reason, from here or from where it came from; without it there is nobody else to tell the user.
            _control.Fail(LineOf(e));
            if (e is CollectiveException && _control.Failure is { } why && why.StartsWith("rank 0 is gone", StringComparison.Ordinal)) throw;
            return ExitCodes.Failed;
        }
        catch (Exception e)
        {
            _control.Fail(LineOf(e));
            throw;
        }
    }

    public void Dispose()
    {
        _done.Set();
        Group.Dispose();
        _started?.Dispose();
        _done.Dispose();
        torch.set_num_threads(_threads);
    }

    /// <summary>The settings of the first of processes on this machine; how patient it is the environment says.</summary>
    private static RankSettings FirstOf(int size, int port)
    {
        string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
        var own = new Dictionary<string, string> { ["RANK"] = "0", ["WORLD_SIZE"] = Text(size), ["LOCAL_RANK"] = "0", ["MASTER_ADDR"] = "127.0.0.1", ["MASTER_PORT"] = Text(port) };
        return RankSettings.FromEnvironment(name => own.GetValueOrDefault(name) ?? (name == RankSettings.TimeoutVariable ? Environment.GetEnvironmentVariable(name) : null))!;
    }

    private static RankSettings? Launched()
    {
        try
        {
            return RankSettings.FromEnvironment();
        }
        catch (FormatException e)
        {
            throw CommandException.Usage("", e.Message);
        }
    }

    private static TrainingRanks Join(CommandHost host, RankSettings settings, RankProcesses? started, string device, Func<TcpGroup> join)
    {
        var control = join();
        // From here on: GPUs that come together wait for each other as those that compute together do.
        var done = new ManualResetEventSlim();
        control.Failed += why => new Thread(() => EndAnyway(host, started, done, settings.Rank == 0 ? why : null)) { IsBackground = true }.Start();
        try
        {
            var group = JoinDevices(host, control, settings, device);
            return new TrainingRanks(started, control, done, group, device);
        }
        catch (Exception e)
        {
            done.Set();
            control.Fail(LineOf(e));
            control.Dispose();
            throw;
        }
    }

    /// <summary>GPUs are joined by NCCL, if the first process finds it; else what they exchange goes through this machine's memory.</summary>
    private static ICollective JoinDevices(CommandHost host, TcpGroup control, RankSettings settings, string device)
    {
        if (device == "cpu") return control;
        // Memory is allocated once, so that libtorch's CUDA libraries are loaded and can be looked among.
        torch.zeros(1, device: new torch.Device(device)).Dispose();
        if (control.Broadcast([NcclGroup.IsAvailable ? 1 : 0])[0] != 0) return NcclGroup.Join(control, new torch.Device(device));
        if (settings.Rank == 0) host.Note("warning: libnccl.so.2 is not found beside libtorch; gradients go through the memory of the host, which is slow");
        return control;
    }

    private static string DeviceOf(string device, int localRank)
    {
        if (device != "cuda") return device;
        var count = torch.cuda.device_count();
        if (count == 1) return "cuda:0";
        return localRank < count ? $"cuda:{localRank}" : throw CommandException.Work("LOCAL_RANK", $"{localRank} has no GPU of its own, there are {count} CUDA devices here");
    }

    private static string LineOf(Exception e)
    {
        using var text = new StringWriter();
        Failures.Report(e, text);
        var line = text.ToString().Split('\n')[0].Trim();
        return line.StartsWith("ssdf: ", StringComparison.Ordinal) ? line["ssdf: ".Length..] : line;
    }

    /// <summary>A process whose GPU waits for one that is gone may never come back from it.</summary>
    private static void EndAnyway(CommandHost host, RankProcesses? started, ManualResetEventSlim done, string? why)
    {
        try
        {
            if (done.Wait(LastResort)) return;
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        if (why is not null) host.Note("ssdf: " + why);
        host.Error.Flush();
        started?.Kill();
        Exit(ExitCodes.Failed);
    }

    /// <summary>Ends the process without waiting for anything in it.</summary>
    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void Exit(int code);
}
