using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Torch.Verification;

namespace SsdForecast.Cli.Evaluation;

/// <summary>Prints each relative error with its tolerance.</summary>
internal static class VerifyRun
{
    public static int Execute(CommandHost host, IReadOnlyList<string> files, string? deviceName, bool json)
    {
        foreach (var file in files) DataFile.Require(file, "a safetensors file");
        var device = Devices.Checked(deviceName);
        var all = files.Select(f => (File: f, Rows: GoldenVerification.Run(f, device))).ToArray();
        var failed = all.Sum(f => f.Rows.Count(r => !r.Passed));
        var count = all.Sum(f => f.Rows.Count);
        if (json)
        {
            ResultJson.Write(host.Out, new { Device = device, Compared = count, Failed = failed, Files = all.Select(f => new { f.File, f.Rows }) });
            return failed == 0 ? ExitCodes.Good : ExitCodes.Failed;
        }
        foreach (var (file, rows) in all)
        {
            host.Out.WriteLine(file);
            var table = new TextTable("case", "quantity", "relative error", "tolerance", "");
            foreach (var r in rows) table.Add(r.Case, r.Quantity, Numbers.Relative(r.Error), Numbers.Relative(r.Tolerance), r.Passed ? "ok" : "PAST TOLERANCE");
            table.Write(host);
        }
        host.Out.WriteLine(failed == 0 ? $"all {count} within tolerance" : $"{failed} of {count} past tolerance");
        return failed == 0 ? ExitCodes.Good : ExitCodes.Failed;
    }
}
