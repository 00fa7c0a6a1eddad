namespace SsdForecast.Cli.Tests;

/// <summary>Runs the program within the test.</summary>
internal static class Cli
{
    public static CliResult Run(params string[] args) => RunWithInput("", args);

    public static CliResult RunWithInput(string input, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Program.Run(args, new StringReader(input), output, error);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs something that must go well; its standard output.</summary>
    public static string Good(params string[] args)
    {
        var result = Run(args);
        Assert.True(result.Code == 0, $"ssdf {string.Join(' ', args)} gave {result.Code}: {result.Error}");
        return result.Output;
    }

    /// <summary>Runs something that must fail with one line that starts with <c>ssdf: </c>; the line.</summary>
    public static string Fails(int code, params string[] args)
    {
        var result = Run(args);
        Assert.True(result.Code == code, $"ssdf {string.Join(' ', args)} gave {result.Code} and not {code}: {result.Error}{result.Output}");
        // What the loader told of the file may stand before it.
        var line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => l.StartsWith("ssdf: ", StringComparison.Ordinal));
        Assert.DoesNotContain("is not expected", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        return line;
    }
}

/// <summary>What a run gave.</summary>
internal sealed record CliResult(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
