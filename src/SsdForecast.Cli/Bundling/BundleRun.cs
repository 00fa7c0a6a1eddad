using System.Diagnostics;
using System.Runtime.InteropServices;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;

namespace SsdForecast.Cli.Bundling;

/// <summary>Makes a bundle: first beside the target, then renamed.</summary>
internal static class BundleRun
{
    private static readonly string[] Archives = [".tar.xz", ".tar.gz"];

    public static int Execute(CommandHost host, string target, bool json)
    {
        var archive = Archives.FirstOrDefault(a => target.EndsWith(a, StringComparison.OrdinalIgnoreCase));
        if (File.Exists(target) || Directory.Exists(target)) throw CommandException.Usage(target, "is there already; name a new folder or archive, or remove it");
        var full = Path.GetFullPath(target);
        var name = archive is null ? Path.GetFileName(full) : Path.GetFileName(full)[..^archive.Length];
        var parent = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(parent);
        var work = Path.Combine(parent, $".{name}.{Guid.NewGuid():N}.tmp");
        try
        {
            var folder = Path.Combine(work, name);
            Fill(folder);
            if (archive is null) Directory.Move(folder, full);
            else Pack(work, name, full, archive);
        }
        finally
        {
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        }
        var bytes = archive is null ? BundleFiles.Size(full) : new FileInfo(full).Length;
        if (json) ResultJson.Write(host.Out, new { Out = target, Bytes = bytes });
        else host.Out.WriteLine($"{target}: {bytes / 1e6:F0} MB; on the host run {name}/ssdf");
        return ExitCodes.Good;
    }

    private static void Fill(string folder)
    {
        var native = ProgramFolders.Native ?? throw CommandException.Work("bundle", "the source of the bridge is not beside the program; build it from a checkout");
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "TorchSharp.Subset.dll")))
            throw CommandException.Work("bundle", "this program brings the libtorch of its packages along, and a bundle is for a host that has PyTorch; './ssdf bundle' of a checkout, or a build with TorchBackend=system, makes one");
        BundleFiles.CopyProgram(AppContext.BaseDirectory, Path.Combine(folder, "app"));
        BundleFiles.CopyRuntime(RuntimeEnvironment.GetRuntimeDirectory(), Path.Combine(folder, "dotnet"));
        BundleFiles.CopyFolder(native, Path.Combine(folder, "native"), _ => true);
        BundleFiles.WriteLauncher(Path.Combine(folder, "ssdf"));
    }

    private static void Pack(string work, string name, string target, string archive)
    {
        var partial = Path.Combine(work, "archive" + archive);
        var start = new ProcessStartInfo("tar", ["--create", "--auto-compress", "--file", partial, "--directory", work, name]) { RedirectStandardError = true };
        start.Environment["XZ_OPT"] = "-9 -T0";
        using var tar = Process.Start(start) ?? throw CommandException.Work("tar", "cannot be started; install tar and xz-utils, or name a folder");
        var problem = tar.StandardError.ReadToEnd().Trim();
        tar.WaitForExit();
        if (tar.ExitCode != 0) throw CommandException.Work("tar", $"{problem}; install xz-utils, or name a folder");
        File.Move(partial, target);
    }
}
