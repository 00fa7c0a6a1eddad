using System.Reflection;
using System.Runtime.CompilerServices;

/// <summary>In every example: what goes wrong, such as a file that is not there, is told in one line, and the exit code is 1.</summary>
internal static class OneLineFailures
{
    [ModuleInitializer]
    internal static void Begin() => AppDomain.CurrentDomain.UnhandledException += (_, e) =>
    {
        Console.Error.WriteLine($"{Assembly.GetEntryAssembly()?.GetName().Name}: {((Exception)e.ExceptionObject).Message}");
        Environment.Exit(1);
    };
}
