using System.Runtime.InteropServices;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Bundling;

/// <summary>The parts of a bundle.</summary>
internal static class BundleFiles
{
    /// <summary>The program, without symbols, documentation, native libraries of other systems and a bridge built for this machine.</summary>
    public static void CopyProgram(string from, string to)
    {
        var foreign = Path.Combine(from, "runtimes");
        CopyFolder(from, to, path => !(Path.GetExtension(path) is ".pdb" or ".xml"
            || Path.GetFileName(path).StartsWith("libssdf_torch", StringComparison.Ordinal)
            || path.StartsWith(Path.Combine(from, "native") + "/", StringComparison.Ordinal)
            || (path.StartsWith(foreign + "/", StringComparison.Ordinal) && !path.StartsWith(Path.Combine(foreign, RuntimeInformation.RuntimeIdentifier) + "/", StringComparison.Ordinal))));
    }

    /// <summary>The .NET runtime that runs this program: <c>dotnet</c>, <c>host</c> and <c>shared/Microsoft.NETCore.App</c>, this version alone.</summary>
    public static void CopyRuntime(string runtime, string to)
    {
        var shared = new DirectoryInfo(runtime.TrimEnd('/'));
        var root = shared.Parent?.Parent?.Parent;
        var dotnet = root is null ? null : Path.Combine(root.FullName, "dotnet");
        if (root is null || shared.Parent!.Name != "Microsoft.NETCore.App" || !File.Exists(dotnet))
            throw CommandException.Work(runtime, "the program does not run on a .NET install (dotnet, host, shared); install the .NET runtime and run 'dotnet ssdf.dll bundle'");
        var host = Path.Combine(root.FullName, "host", "fxr", shared.Name);
        if (!Directory.Exists(host)) throw CommandException.Work(host, "no such folder; the .NET install is not whole");
        Copy(dotnet, Path.Combine(to, "dotnet"));
        CopyFolder(host, Path.Combine(to, "host", "fxr", shared.Name), _ => true);
        CopyFolder(shared.FullName, Path.Combine(to, "shared", "Microsoft.NETCore.App", shared.Name), _ => true);
    }

    /// <summary>The script that the host runs.</summary>
    public static void WriteLauncher(string path)
    {
        using var text = typeof(BundleFiles).Assembly.GetManifestResourceStream("bundle-launcher.sh")!;
        using (var file = File.Create(path)) text.CopyTo(file);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    public static void CopyFolder(string from, string to, Func<string, bool> wanted)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(wanted))
            Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    public static long Size(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }
}
