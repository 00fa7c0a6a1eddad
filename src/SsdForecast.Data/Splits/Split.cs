namespace SsdForecast.Data;

/// <summary>
/// Where the rows of a series are cut: training <c>[0, TrainEnd)</c>, validation <c>[TrainEnd, ValidationEnd)</c>,
/// test <c>[ValidationEnd, TestEnd)</c>. A forecast may look back across a cut; what it must predict lies within one part.
/// </summary>
/// <param name="TrainEnd">Exclusive end of training rows.</param>
/// <param name="ValidationEnd">Exclusive end of validation rows.</param>
/// <param name="TestEnd">Exclusive end of test rows; rows after it are unused.</param>
public sealed record Split(int TrainEnd, int ValidationEnd, int TestEnd)
{
    /// <summary>Number of validation rows.</summary>
    public int ValidationRows => ValidationEnd - TrainEnd;

    /// <summary>Number of test rows.</summary>
    public int TestRows => TestEnd - ValidationEnd;
}
