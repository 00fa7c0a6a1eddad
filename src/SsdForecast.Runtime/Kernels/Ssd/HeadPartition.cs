namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// How (batch, head) pairs are cut into units: a unit is some heads of one group of one sequence, which share the work on B and C.
/// </summary>
internal readonly record struct HeadPartition
{
    /// <summary>Cuts so that there are at least <paramref name="wanted"/> units, where there are as many pairs.</summary>
    public HeadPartition(in SsdShape shape, int wanted)
    {
        Shape = shape;
        int blocks = Math.Clamp((int)Math.Ceiling(wanted / ((double)shape.Batch * shape.Groups)), 1, shape.HeadsPerGroup);
        HeadsPerUnit = (shape.HeadsPerGroup + blocks - 1) / blocks;
        BlocksPerGroup = (shape.HeadsPerGroup + HeadsPerUnit - 1) / HeadsPerUnit;
    }

    /// <summary>The shape that is cut.</summary>
    public SsdShape Shape { get; }

    /// <summary>Most heads of a unit.</summary>
    public int HeadsPerUnit { get; }

    /// <summary>Units of one group of one sequence.</summary>
    public int BlocksPerGroup { get; }

    /// <summary>Number of units.</summary>
    public int Units => Shape.Batch * Shape.Groups * BlocksPerGroup;

    /// <summary>What unit <paramref name="unit"/> covers.</summary>
    public HeadBlock this[int unit]
    {
        get
        {
            int block = unit % BlocksPerGroup, group = unit / BlocksPerGroup % Shape.Groups, batch = unit / BlocksPerGroup / Shape.Groups;
            int first = block * HeadsPerUnit;
            return new HeadBlock(batch, group, block, group * Shape.HeadsPerGroup + first, Math.Min(HeadsPerUnit, Shape.HeadsPerGroup - first));
        }
    }
}

/// <summary>The heads <c>FirstHead … FirstHead + Heads − 1</c> of one group of one sequence.</summary>
internal readonly record struct HeadBlock(int Batch, int Group, int Block, int FirstHead, int Heads);
